//! What a URL asks: the name is its path, the type its query.

use std::net::IpAddr;

use hickory_proto::rr::{Name, RecordType};

use crate::locator::Locator;
use allswell_model::settings::{Mistake, nearest};

/// Types that one may ask for, besides `TYPE257` and the like.
const TYPES: &[(&str, RecordType)] = &[
    ("A", RecordType::A),
    ("AAAA", RecordType::AAAA),
    ("CAA", RecordType::CAA),
    ("CDNSKEY", RecordType::CDNSKEY),
    ("CDS", RecordType::CDS),
    ("CERT", RecordType::CERT),
    ("CNAME", RecordType::CNAME),
    ("DNAME", RecordType::DNAME),
    ("DNSKEY", RecordType::DNSKEY),
    ("DS", RecordType::DS),
    ("HINFO", RecordType::HINFO),
    ("HTTPS", RecordType::HTTPS),
    ("MX", RecordType::MX),
    ("NAPTR", RecordType::NAPTR),
    ("NS", RecordType::NS),
    ("NSEC", RecordType::NSEC),
    ("OPENPGPKEY", RecordType::OPENPGPKEY),
    ("PTR", RecordType::PTR),
    ("RRSIG", RecordType::RRSIG),
    ("SMIMEA", RecordType::SMIMEA),
    ("SOA", RecordType::SOA),
    ("SRV", RecordType::SRV),
    ("SSHFP", RecordType::SSHFP),
    ("SVCB", RecordType::SVCB),
    ("TLSA", RecordType::TLSA),
    ("TXT", RecordType::TXT),
];

/// The name and the type, or everything that is wrong with them.
pub(crate) fn read(locator: &Locator) -> Result<(Name, RecordType), Vec<Mistake>> {
    let kind = kind(&locator.query);
    let wanted = kind.as_ref().copied().unwrap_or(RecordType::A);
    match (name(&decoded(&locator.path), wanted), kind) {
        (Ok(name), Ok(kind)) => Ok((name, kind)),
        (name, kind) => Err(name.err().into_iter().chain(kind.err().into_iter().flatten()).collect()),
    }
}

fn name(text: &str, kind: RecordType) -> Result<Name, Mistake> {
    if text.is_empty() {
        return Err(
            Mistake::of("url", "the name to ask for is missing").hint("such as dns://10.0.0.2/example.com?type=AAAA; the root is `/.`")
        );
    }
    if let (RecordType::PTR, Ok(address)) = (kind, text.parse::<IpAddr>()) {
        return Ok(Name::from(address));
    }
    let read = if text.is_ascii() { Name::from_ascii(text) } else { Name::from_utf8(text) };
    let mut name = read.map_err(|_| Mistake::of("url", format!("`{text}` is not a name that DNS can hold")))?;
    name.set_fqdn(true);
    Ok(name)
}

fn kind(query: &[(String, String)]) -> Result<RecordType, Vec<Mistake>> {
    let mut kind = None;
    let mut mistakes = Vec::new();
    for (key, value) in query {
        match (key.as_str(), kind) {
            ("type", None) => kind = typed(value).map_err(|mistake| mistakes.push(mistake)).ok(),
            ("type", Some(_)) => mistakes.push(Mistake::of("url", "`type` is given twice")),
            _ => mistakes.push(Mistake::of("url", format!("`{key}` is no part of a dns URL")).hint("only `type` is, such as ?type=AAAA")),
        }
    }
    if mistakes.is_empty() { Ok(kind.unwrap_or(RecordType::A)) } else { Err(mistakes) }
}

fn typed(word: &str) -> Result<RecordType, Mistake> {
    let upper = word.to_ascii_uppercase();
    if let Some((_, kind)) = TYPES.iter().find(|(name, _)| *name == upper) {
        return Ok(*kind);
    }
    if let Some(number) = upper.strip_prefix("TYPE").and_then(|number| number.parse::<u16>().ok()) {
        return Ok(RecordType::from(number));
    }
    let mistake = Mistake::of("url", format!("`{word}` is not a type that can be asked for"));
    Err(match nearest(&upper, TYPES.iter().map(|(name, _)| *name)) {
        Some(near) => mistake.hint(format!("did you mean `{near}`?")),
        None => {
            let known: Vec<&str> = TYPES.iter().map(|(name, _)| *name).collect();
            mistake.hint(format!("known are {}, and any by number as TYPE65", known.join(", ")))
        }
    })
}

/// Without its percent signs. What a form would read otherwise (`+`, `&`, `=`) is kept from it.
fn decoded(path: &str) -> String {
    let plain = path.replace('+', "%2B").replace('&', "%26").replace('=', "%3D");
    url::form_urlencoded::parse(plain.as_bytes()).next().map(|(text, _)| text.into_owned()).unwrap_or_default()
}

#[cfg(test)]
mod tests;
