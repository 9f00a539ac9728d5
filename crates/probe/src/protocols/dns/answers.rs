//! What an answer measures.

use allswell_model::Value;

use crate::attempt::Attempt;
use crate::dns_exchange::{Chain, Question, Reply, rcode};
use crate::protocols::dns::records::shown;
use allswell_model::quantity::spoken;

/// Notes all that the reply says.
pub(crate) fn note(attempt: &mut Attempt, question: &Question, reply: &Reply) {
    let header = &reply.message.metadata;
    let code = rcode(header.response_code);
    let chain = Chain::follow(&reply.message, &question.name, question.kind);
    let mut answers: Vec<String> = chain.records.iter().map(|record| shown(record)).collect();
    answers.sort_unstable();
    let count = answers.len();
    let noun = if count == 1 { "answer" } else { "answers" };
    attempt.facts(format!("{code}, {count} {noun}, {}", spoken(reply.rtt)));
    attempt.measure("rcode", code);
    attempt.measure("answers", Value::texts(answers));
    attempt.measure("answer_count", integer(count));
    attempt.measure("authority_count", integer(reply.message.authorities.len()));
    if let Some(ttl) = chain.ttl {
        attempt.measure("ttl_min", i64::from(ttl));
    }
    attempt.measure("authoritative", header.authoritative);
    attempt.measure("recursion_available", header.recursion_available);
    attempt.measure("authentic_data", header.authentic_data);
}

fn integer(n: usize) -> i64 {
    i64::try_from(n).unwrap_or(i64::MAX)
}
