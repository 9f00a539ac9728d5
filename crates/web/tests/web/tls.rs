//! The pages over TLS: spoken by a real client, with the certificate renewed on the disk.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use allswell_testkit::certificate::{Authority, Leaf};
use allswell_web::{Limits, Tls};
use rustls::pki_types::ServerName;
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::house::{House, PATIENCE, Plan, rest};

/// A certificate on the disk, and the authority that issued it.
struct Files {
    authority: Authority,
    folder: tempfile::TempDir,
}

impl Files {
    fn new() -> Self {
        let files = Self { authority: Authority::root("Test"), folder: tempfile::tempdir().unwrap() };
        files.issue("localhost", 60);
        files
    }

    /// Issues another, as if so many seconds ago.
    fn issue(&self, name: &str, age_s: u64) {
        let identity = self.authority.issue(&Leaf::of(&[name, "localhost"]));
        for (path, text) in [(self.certificate(), identity.pem()), (self.key(), identity.key_pem())] {
            std::fs::write(&path, text).unwrap();
            let at = SystemTime::now() - Duration::from_secs(age_s);
            std::fs::File::options().write(true).open(&path).unwrap().set_modified(at).unwrap();
        }
    }

    fn certificate(&self) -> PathBuf {
        self.folder.path().join("chain.pem")
    }

    fn key(&self) -> PathBuf {
        self.folder.path().join("key.pem")
    }

    fn tls(&self) -> Tls {
        Tls::read(Path::new(&self.certificate()), &self.key()).unwrap()
    }

    async fn connect(&self, house: &House, alpn: &[&str]) -> TlsStream<TcpStream> {
        let mut roots = RootCertStore::empty();
        let pem = self.authority.pem();
        let authority = rustls::pki_types::pem::PemObject::from_pem_slice(pem.as_bytes()).unwrap();
        roots.add(authority).unwrap();
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let builder = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().unwrap();
        let mut config = builder.with_root_certificates(roots).with_no_client_auth();
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        let stream = TcpStream::connect(house.address).await.unwrap();
        TlsConnector::from(Arc::new(config)).connect(ServerName::try_from("localhost").unwrap(), stream).await.unwrap()
    }

    /// Asks and reads to the end.
    async fn ask(&self, house: &House, head: &str) -> String {
        let mut stream = self.connect(house, &["h2", "http/1.1"]).await;
        assert_eq!(stream.get_ref().1.alpn_protocol(), Some(b"http/1.1".as_slice()));
        let head = format!("{head}\r\nHost: localhost:{}\r\nConnection: close\r\n\r\n", house.address.port());
        stream.write_all(head.as_bytes()).await.unwrap();
        rest(&mut stream).await.to_ascii_lowercase()
    }
}

#[tokio::test]
async fn the_page_is_served_and_its_cookie_goes_nowhere_else() {
    let files = Files::new();
    let house = House::with(Plan { tls: Some(files.tls()), token: Some("s3cret"), ..Plan::default() }).await;
    let answer = files.ask(&house, "GET /?token=s3cret HTTP/1.1").await;
    let cookie = format!("__host-allswell_{}=s3cret", house.address.port());
    assert!(answer.contains(&format!("set-cookie: {cookie}; path=/; httponly; samesite=strict; secure\r\n")), "{answer}");
    assert!(answer.contains("strict-transport-security: max-age=2592000\r\n"), "{answer}");
    let cookie = cookie.replace("__host", "__Host");
    assert!(files.ask(&house, &format!("GET / HTTP/1.1\r\nCookie: {cookie}")).await.starts_with("http/1.1 200"));
    // What a neighbour without TLS may have set opens nothing.
    let tossed = cookie.replace("__Host-", "");
    assert!(files.ask(&house, &format!("GET / HTTP/1.1\r\nCookie: {tossed}")).await.starts_with("http/1.1 401"));
}

#[tokio::test]
async fn a_page_that_came_without_tls_is_a_strangers() {
    let files = Files::new();
    let house = House::with(Plan { tls: Some(files.tls()), ..Plan::default() }).await;
    for (scheme, status) in [("https", 200), ("http", 403)] {
        let origin = format!("{scheme}://localhost:{}", house.address.port());
        let answer = files.ask(&house, &format!("DELETE /api/v1/targets/x HTTP/1.1\r\nOrigin: {origin}")).await;
        assert!(answer.starts_with(&format!("http/1.1 {status}")), "{origin}: {answer}");
    }
    assert_eq!(house.done(), ["remove x"]);
}

#[tokio::test]
async fn a_renewed_certificate_is_shown_to_the_next_client_and_none_is_cut_off() {
    let files = Files::new();
    let tls = files.tls();
    let house = House::with(Plan { tls: Some(tls.clone()), ..Plan::default() }).await;
    let shown = |stream: &TlsStream<TcpStream>| stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    let mut early = files.connect(&house, &[]).await;
    files.issue("renewed", 30);
    assert!(tls.renew().unwrap());
    let late = files.connect(&house, &[]).await;
    assert_ne!(shown(&early), shown(&late));
    early.write_all(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
    let mut line = [0; 15];
    early.read_exact(&mut line).await.unwrap();
    assert_eq!(&line, b"HTTP/1.1 200 OK");
}

#[tokio::test]
async fn who_speaks_plainly_is_told_so_and_a_handshake_that_never_comes_is_ended() {
    let files = Files::new();
    let limits = Limits { connections: 1, header: Duration::from_millis(200), ..Limits::default() };
    let house = House::with(Plan { tls: Some(files.tls()), limits, ..Plan::default() }).await;
    let said = house.say("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").await;
    assert!(
        said.starts_with("HTTP/1.1 400 Bad Request\r\n") && said.ends_with("This port speaks TLS: its address is https://...\n"),
        "{said}"
    );
    // It takes the only place; the next client waits for its end and no longer.
    let mut silent = TcpStream::connect(house.address).await.unwrap();
    let asked = tokio::time::timeout(PATIENCE, files.ask(&house, "GET /healthz HTTP/1.1")).await.unwrap();
    assert!(asked.starts_with("http/1.1 200"), "{asked}");
    assert_eq!(rest(&mut silent).await, "");
    assert!(house.say(b"\x16\x03\x01\x00\x05hello").await.len() < 16, "an alert at most");
}
