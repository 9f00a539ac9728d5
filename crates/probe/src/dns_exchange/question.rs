//! What is asked, as bytes; and whether bytes that came are its answer.

use hickory_proto::op::{Edns, Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::{Name, RecordType};

/// A question of class IN.
#[derive(Debug, Clone)]
pub(crate) struct Question {
    /// The name, fully qualified.
    pub(crate) name: Name,
    /// The type of record.
    pub(crate) kind: RecordType,
    /// Whether the server may ask others.
    pub(crate) recursion: bool,
    /// EDNS (RFC 6891), where it is wanted.
    pub(crate) extension: Option<Extension>,
}

/// What EDNS says of us.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Extension {
    /// The largest datagram that we take.
    pub(crate) payload: u16,
    /// Whether DNSSEC records are wanted.
    pub(crate) dnssec: bool,
}

/// Why bytes that came are not the answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Stranger {
    /// Another id, another question, or no answer at all: forged, or of somebody else.
    Foreign,
    /// Not DNS.
    Noise,
    /// Our id, but not readable beyond that.
    Garbled(String),
}

/// Bytes of a DNS header.
const HEADER: usize = 12;
/// In the header's third byte: an answer, and a cut one.
const CUT_ANSWER: u8 = 0x80 | 0x02;

impl Question {
    /// As a stub resolver asks: with recursion and without EDNS, which the oldest of servers understand.
    pub(crate) fn plain(name: Name, kind: RecordType) -> Self {
        Self { name, kind, recursion: true, extension: None }
    }

    /// The query's bytes.
    pub(crate) fn encode(&self, id: u16) -> Result<Vec<u8>, String> {
        let mut message = Message::new(id, MessageType::Query, OpCode::Query);
        message.metadata.recursion_desired = self.recursion;
        message.add_query(Query::query(self.name.clone(), self.kind));
        if let Some(extension) = self.extension {
            let mut edns = Edns::new();
            edns.set_max_payload(extension.payload).set_version(0).set_dnssec_ok(extension.dnssec);
            message.set_edns(edns);
        }
        message.to_vec().map_err(|why| why.to_string())
    }

    /// Reads what came. Only an answer with one of our ids and with our question is ours; its number among the ids is returned with it.
    pub(crate) fn read(&self, ids: impl Iterator<Item = u16>, bytes: &[u8]) -> Result<(usize, Message), Stranger> {
        let Some([high, low, flags, ..]) = bytes.first_chunk::<HEADER>() else { return Err(Stranger::Noise) };
        let id = u16::from_be_bytes([*high, *low]);
        let ours = ids.enumerate().find(|(_, known)| *known == id).map(|(at, _)| at);
        let message = match (Message::from_vec(bytes), ours) {
            (Ok(message), _) => message,
            // Some servers cut a truncated answer in the middle of a record.
            (Err(_), Some(at)) if flags & CUT_ANSWER == CUT_ANSWER => return Ok((at, truncated(id))),
            (Err(why), Some(_)) => return Err(Stranger::Garbled(why.to_string())),
            (Err(_), None) => return Err(Stranger::Noise),
        };
        match ours {
            Some(at) if message.metadata.message_type == MessageType::Response && self.is_answered_by(&message) => Ok((at, message)),
            _ => Err(Stranger::Foreign),
        }
    }

    /// Refusals may come without the question (RFC 1035 leaves it open, and servers do it).
    fn is_answered_by(&self, message: &Message) -> bool {
        match message.queries.as_slice() {
            [query] => query.name() == &self.name && query.query_type() == self.kind,
            [] => !matches!(message.metadata.response_code, ResponseCode::NoError | ResponseCode::NXDomain),
            _ => false,
        }
    }
}

fn truncated(id: u16) -> Message {
    let mut message = Message::response(id, OpCode::Query);
    message.metadata.truncation = true;
    message
}

#[cfg(test)]
mod tests;
