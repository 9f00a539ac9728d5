//! What an answer says: the records of a question through its aliases, how long they hold, and the code's name.

use hickory_proto::op::{Message, ResponseCode};
use hickory_proto::rr::{Name, RData, Record, RecordType};

/// A longer chain of aliases is a loop, or as bad as one.
const MOST_ALIASES: usize = 16;

/// The records that answer a question: those of its name, or of the name that aliases (CNAME) in the answer lead to.
#[derive(Debug, Clone)]
pub(crate) struct Chain<'m> {
    /// Of the type that was asked for, in the answer's order.
    pub(crate) records: Vec<&'m Record>,
    /// Seconds for which all of it holds, the aliases included; absent when there is nothing.
    pub(crate) ttl: Option<u32>,
}

impl<'m> Chain<'m> {
    /// Follows the answer from a name to records of a type. What lies beside the chain is not an answer to us.
    pub(crate) fn follow(message: &'m Message, name: &'m Name, kind: RecordType) -> Self {
        let mut owner = name;
        let mut ttl: Option<u32> = None;
        let mut hold = |record: &Record| ttl = Some(ttl.map_or(record.ttl, |least| least.min(record.ttl)));
        for _ in 0..=MOST_ALIASES {
            let records: Vec<&Record> = of(message, owner, kind).collect();
            if !records.is_empty() {
                records.iter().for_each(|record| hold(record));
                return Self { records, ttl };
            }
            let Some((alias, to)) = of(message, owner, RecordType::CNAME).find_map(target) else { break };
            hold(alias);
            owner = to;
        }
        Self { records: Vec::new(), ttl }
    }
}

fn of<'m>(message: &'m Message, owner: &'m Name, kind: RecordType) -> impl Iterator<Item = &'m Record> {
    message.answers.iter().filter(move |record| record.record_type() == kind && record.name == *owner)
}

fn target(record: &Record) -> Option<(&Record, &Name)> {
    match &record.data {
        RData::CNAME(to) => Some((record, &to.0)),
        _ => None,
    }
}

/// Seconds for which a "no" may be kept: the lesser of the zone's minimum and its SOA's own TTL (RFC 2308, section 5).
/// Without an SOA it may not be kept at all.
pub(crate) fn negative_ttl(message: &Message) -> Option<u32> {
    message.authorities.iter().find_map(|record| match &record.data {
        RData::SOA(soa) => Some(soa.minimum.min(record.ttl)),
        _ => None,
    })
}

/// The code as operators know it: `NOERROR`, `NXDOMAIN`, `SERVFAIL`.
pub(crate) fn rcode(code: ResponseCode) -> String {
    match code {
        ResponseCode::NoError => "NOERROR".into(),
        // 16 is TSIG's BADSIG too, but only a signed question could get that.
        ResponseCode::BADSIG => "BADVERS".into(),
        ResponseCode::Unknown(n) => format!("RCODE{n}"),
        other => format!("{other:?}").to_uppercase(),
    }
}

#[cfg(test)]
mod tests;
