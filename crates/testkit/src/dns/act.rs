//! What the server does about a question.

use std::net::{Ipv4Addr, Ipv6Addr};

use hickory_proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_proto::rr::rdata::{A, AAAA, CNAME, SOA, TXT};
use hickory_proto::rr::{Name, RData, Record};

/// About one question.
#[derive(Debug, Clone)]
pub enum Act {
    /// Says nothing; a stream stays open.
    Silent,
    /// Answers.
    Answer(Answer),
    /// By UDP an empty answer with the TC bit; by TCP this.
    Truncated(Answer),
    /// By UDP the same, cut in the middle of a record.
    CutShort(Answer),
    /// First an answer with a wrong id, then this.
    WrongId(Answer),
    /// First an answer to another question, then this.
    WrongQuestion(Answer),
    /// First this lie from another port, then the answer.
    OtherPort {
        /// What the stranger says.
        lie: Answer,
        /// What the server says.
        then: Answer,
    },
    /// These bytes, behind the question's id where `with_id` says so.
    Bytes {
        /// Whether the question's id goes before them.
        with_id: bool,
        /// The rest.
        bytes: Vec<u8>,
    },
    /// Waits for [`super::DnsServer::release`], then answers.
    Held(Answer),
    /// Closes the stream; says nothing by UDP.
    Close,
    /// Answers half of it, then closes the stream.
    CloseHalfway(Answer),
    /// Does each of these in turn, the last one for ever.
    InTurn(Vec<Act>),
}

impl Act {
    pub(crate) fn next(&mut self) -> Self {
        match self {
            Self::InTurn(acts) if acts.len() > 1 => acts.remove(0),
            Self::InTurn(acts) => acts.first().cloned().unwrap_or(Self::Silent),
            other => other.clone(),
        }
    }
}

impl From<Answer> for Act {
    fn from(answer: Answer) -> Self {
        Self::Answer(answer)
    }
}

/// An answer: a code, and records.
#[derive(Debug, Clone, Default)]
pub struct Answer {
    code: ResponseCode,
    answers: Vec<Record>,
    authorities: Vec<Record>,
    authoritative: bool,
    without_question: bool,
}

impl Answer {
    /// An answer without records.
    #[must_use]
    pub fn code(code: ResponseCode) -> Self {
        Self { code, ..Self::default() }
    }

    /// These records.
    #[must_use]
    pub fn records(records: impl IntoIterator<Item = Record>) -> Self {
        Self { answers: records.into_iter().collect(), ..Self::default() }
    }

    /// With this record beside the answer, such as an SOA.
    #[must_use]
    pub fn authority(mut self, record: Record) -> Self {
        self.authorities.push(record);
        self
    }

    /// Of the zone's own server.
    #[must_use]
    pub fn authoritative(mut self) -> Self {
        self.authoritative = true;
        self
    }

    /// The header alone, as some servers refuse.
    #[must_use]
    pub fn without_question(mut self) -> Self {
        self.without_question = true;
        self
    }

    /// Its bytes, as the answer to this.
    pub(crate) fn to(&self, id: u16, query: &Query) -> Vec<u8> {
        let mut message = Message::new(id, MessageType::Response, OpCode::Query);
        message.metadata.response_code = self.code;
        message.metadata.authoritative = self.authoritative;
        message.metadata.recursion_desired = true;
        message.metadata.recursion_available = true;
        if !self.without_question {
            message.add_query(query.clone());
        }
        message.add_answers(self.answers.iter().cloned()).add_authorities(self.authorities.iter().cloned());
        message.to_vec().unwrap()
    }
}

fn record(name: &str, ttl: u32, data: RData) -> Record {
    Record::from_rdata(Name::from_ascii(name.trim_end_matches('.').to_owned() + ".").unwrap(), ttl, data)
}

fn absolute(name: &str) -> Name {
    Name::from_ascii(name.trim_end_matches('.').to_owned() + ".").unwrap()
}

/// An A record.
#[must_use]
pub fn a(name: &str, ttl: u32, address: Ipv4Addr) -> Record {
    record(name, ttl, RData::A(A(address)))
}

/// An AAAA record.
#[must_use]
pub fn aaaa(name: &str, ttl: u32, address: Ipv6Addr) -> Record {
    record(name, ttl, RData::AAAA(AAAA(address)))
}

/// An alias.
#[must_use]
pub fn cname(name: &str, ttl: u32, to: &str) -> Record {
    record(name, ttl, RData::CNAME(CNAME(absolute(to))))
}

/// A text of several strings.
#[must_use]
pub fn txt(name: &str, ttl: u32, texts: &[&str]) -> Record {
    record(name, ttl, RData::TXT(TXT::new(texts.iter().map(|text| (*text).to_owned()).collect())))
}

/// The zone's own record, whose minimum says how long a "no" holds.
#[must_use]
pub fn soa(zone: &str, ttl: u32, minimum: u32) -> Record {
    record(zone, ttl, RData::SOA(SOA::new(absolute("ns.example."), absolute("hostmaster.example."), 1, 3600, 600, 86400, minimum)))
}
