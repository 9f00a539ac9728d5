//! Certificates of every kind that goes wrong: an authority, what it signs, and servers that show it.

#![expect(clippy::unwrap_used, reason = "a fixture that cannot be made fails its test")]

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rcgen::{
    BasicConstraints, Certificate, CertificateParams, DnType, ExtendedKeyUsagePurpose, IsCa, Issuer, KeyPair, KeyUsagePurpose, SerialNumber,
};
use rustls::RootCertStore;
use rustls::ServerConfig;
use rustls::crypto::{CryptoProvider, ring};
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;

/// One hour, in seconds.
pub const HOUR: i64 = 3600;
/// One day, in seconds.
pub const DAY: i64 = 24 * HOUR;

/// What a certificate shall say.
#[derive(Debug, Clone)]
pub struct Leaf {
    names: Vec<String>,
    from: i64,
    until: i64,
    serial: Vec<u8>,
    for_client: bool,
    authority: bool,
}

impl Leaf {
    /// A server's certificate for these names and addresses, valid since yesterday and for 30 days.
    #[must_use]
    pub fn of(names: &[&str]) -> Self {
        let names = names.iter().map(|&name| name.to_owned()).collect();
        Self { names, from: -DAY, until: 30 * DAY, serial: vec![0x04, 0xab], for_client: false, authority: false }
    }

    /// Valid between these moments, in seconds from now.
    #[must_use]
    pub fn valid(mut self, from: i64, until: i64) -> Self {
        (self.from, self.until) = (from, until);
        self
    }

    /// A client's certificate.
    #[must_use]
    pub fn for_client(mut self) -> Self {
        self.for_client = true;
        self
    }

    /// One that also says it is an authority, as `openssl req -x509` makes it.
    #[must_use]
    pub fn as_authority(mut self) -> Self {
        self.authority = true;
        self
    }

    /// Signed by itself.
    #[must_use]
    pub fn self_signed(&self) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = self.params().self_signed(&key).unwrap();
        Identity::new(&certificate, &[], &key)
    }

    fn params(&self) -> CertificateParams {
        let mut params = CertificateParams::new(self.names.clone()).unwrap();
        params.distinguished_name.push(DnType::CommonName, self.names.first().map_or("nobody", String::as_str));
        params.serial_number = Some(SerialNumber::from_slice(&self.serial));
        let purpose = if self.for_client { ExtendedKeyUsagePurpose::ClientAuth } else { ExtendedKeyUsagePurpose::ServerAuth };
        params.extended_key_usages = vec![purpose];
        if self.authority {
            params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        }
        limit(&mut params, self.from, self.until);
        params
    }
}

fn limit(params: &mut CertificateParams, from: i64, until: i64) {
    let now = i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()).unwrap();
    let moment = |offset: i64| rcgen::date_time_ymd(1970, 1, 1) + Duration::from_secs(u64::try_from(now + offset).unwrap());
    (params.not_before, params.not_after) = (moment(from), moment(until));
}

/// Who signs.
#[derive(Debug)]
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: Certificate,
    /// What an intermediate authority sends along: itself, then what is above it without the root.
    chain: Vec<CertificateDer<'static>>,
}

impl Authority {
    /// A root.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn root(name: &str) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = Self::params(name, -DAY, 3650 * DAY);
        let certificate = params.self_signed(&key).unwrap();
        Self { issuer: Issuer::new(params, key), certificate, chain: Vec::new() }
    }

    /// An authority below this one, valid between these moments, in seconds from now.
    ///
    /// # Panics
    /// When no key can be made.
    #[must_use]
    pub fn intermediate(&self, name: &str, from: i64, until: i64) -> Self {
        let key = KeyPair::generate().unwrap();
        let params = Self::params(name, from, until);
        let certificate = params.signed_by(&key, &self.issuer).unwrap();
        let chain = std::iter::once(certificate.der().clone()).chain(self.chain.iter().cloned()).collect();
        Self { issuer: Issuer::new(params, key), certificate, chain }
    }

    fn params(name: &str, from: i64, until: i64) -> CertificateParams {
        let mut params = CertificateParams::new(Vec::new()).unwrap();
        params.distinguished_name.push(DnType::CommonName, name);
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
        limit(&mut params, from, until);
        params
    }

    /// Signs a certificate.
    ///
    /// # Panics
    /// When a name is none.
    #[must_use]
    pub fn issue(&self, leaf: &Leaf) -> Identity {
        let key = KeyPair::generate().unwrap();
        let certificate = leaf.params().signed_by(&key, &self.issuer).unwrap();
        Identity::new(&certificate, &self.chain, &key)
    }

    /// Its certificate, for `ca`.
    #[must_use]
    pub fn pem(&self) -> String {
        self.certificate.pem()
    }
}

/// A certificate with its chain and its key.
#[derive(Debug)]
pub struct Identity {
    chain: Vec<CertificateDer<'static>>,
    key: Vec<u8>,
    pem: String,
    key_pem: String,
}

impl Identity {
    fn new(certificate: &Certificate, above: &[CertificateDer<'static>], key: &KeyPair) -> Self {
        let chain = std::iter::once(certificate.der().clone()).chain(above.iter().cloned()).collect();
        Self { chain, key: key.serialize_der(), pem: certificate.pem(), key_pem: key.serialize_pem() }
    }

    /// The certificate alone.
    #[must_use]
    pub fn pem(&self) -> &str {
        &self.pem
    }

    /// Its key.
    #[must_use]
    pub fn key_pem(&self) -> &str {
        &self.key_pem
    }

    /// A server that shows it and offers these application protocols.
    #[must_use]
    pub fn server(&self, alpn: &[&str]) -> Arc<ServerConfig> {
        self.config(alpn, None)
    }

    /// The same server, which wants a client certificate that this authority signed.
    #[must_use]
    pub fn server_wanting(&self, authority: &Authority, alpn: &[&str]) -> Arc<ServerConfig> {
        self.config(alpn, Some(authority))
    }

    fn config(&self, alpn: &[&str], wanting: Option<&Authority>) -> Arc<ServerConfig> {
        let provider: Arc<CryptoProvider> = Arc::new(ring::default_provider());
        let builder = ServerConfig::builder_with_provider(Arc::clone(&provider)).with_safe_default_protocol_versions().unwrap();
        let builder = match wanting {
            None => builder.with_no_client_auth(),
            Some(authority) => {
                let mut roots = RootCertStore::empty();
                roots.add(authority.certificate.der().clone()).unwrap();
                builder.with_client_cert_verifier(WebPkiClientVerifier::builder_with_provider(Arc::new(roots), provider).build().unwrap())
            }
        };
        let key = PrivateKeyDer::try_from(self.key.clone()).unwrap();
        let mut config = builder.with_single_cert(self.chain.clone(), key).unwrap();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        Arc::new(config)
    }
}
