//! Record data as text, the way `dig +short` writes it; names in lower case, so that a server's taste in letters changes nothing.

use std::fmt::Write;

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use hickory_proto::rr::rdata::{SVCB, TXT};
use hickory_proto::rr::{Name, RData, Record, RecordType};

/// The data of one record.
pub(crate) fn shown(record: &Record) -> String {
    match &record.data {
        RData::CNAME(to) => name(&to.0),
        RData::NS(to) => name(&to.0),
        RData::PTR(to) => name(&to.0),
        RData::MX(mx) => format!("{} {}", mx.preference, name(&mx.exchange)),
        RData::SRV(srv) => format!("{} {} {} {}", srv.priority, srv.weight, srv.port, name(&srv.target)),
        RData::SOA(soa) => {
            format!("{} {} {} {} {} {} {}", name(&soa.mname), name(&soa.rname), soa.serial, soa.refresh, soa.retry, soa.expire, soa.minimum)
        }
        RData::TXT(txt) => text(txt),
        RData::HTTPS(https) => service(&https.0),
        RData::SVCB(svcb) => service(svcb),
        RData::Unknown { code, rdata } => opaque(*code, &rdata.anything),
        other => other.to_string(),
    }
}

fn name(name: &Name) -> String {
    name.to_ascii().to_lowercase()
}

/// The strings of a TXT are one text, cut only because a string ends at 255 bytes (RFC 7208, section 3.3).
fn text(txt: &TXT) -> String {
    String::from_utf8_lossy(&txt.txt_data.concat()).into_owned()
}

/// `1 . alpn=h2,h3 port=8443` (RFC 9460, section 2.1).
fn service(service: &SVCB) -> String {
    let mut shown = format!("{} {}", service.svc_priority, name(&service.target_name));
    for (key, value) in &service.svc_params {
        let value = value.to_string();
        let value = value.trim_end_matches(',');
        // Writing to a String cannot fail.
        let _ = if value.is_empty() { write!(shown, " {key}") } else { write!(shown, " {key}={value}") };
    }
    shown
}

/// What the codec hands on as bytes: DNSSEC's keys and digests as people know them, the rest as RFC 3597, section 5 has it.
fn opaque(code: RecordType, bytes: &[u8]) -> String {
    match (code, bytes) {
        (RecordType::DS | RecordType::CDS, [tag_high, tag_low, algorithm, digest, rest @ ..]) => {
            let tag = u16::from_be_bytes([*tag_high, *tag_low]);
            format!("{tag} {algorithm} {digest} {}", hex(rest).to_uppercase())
        }
        (RecordType::DNSKEY | RecordType::CDNSKEY, [flags_high, flags_low, protocol, algorithm, rest @ ..]) => {
            let flags = u16::from_be_bytes([*flags_high, *flags_low]);
            format!("{flags} {protocol} {algorithm} {}", BASE64_STANDARD.encode(rest))
        }
        _ => format!("\\# {} {}", bytes.len(), hex(bytes)),
    }
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests;
