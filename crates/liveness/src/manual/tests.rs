//! Every verdict has its page, and the page shows the sentences as they are.

use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::time::Duration;

use allswell_os::errno::{ECONNREFUSED, ECONNRESET, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT};

use crate::{By, Events, Evidence, Proof, Retry, Side, Soft, State, TcpInfo, Verdict, Who};

/// Each state's page. A state that is missing here does not compile.
fn page(state: &State) -> &'static str {
    match state {
        State::NotConnected => include_str!("verdicts/not_connected.md"),
        State::Listening => include_str!("verdicts/listening.md"),
        State::Connecting { .. } => include_str!("verdicts/connecting.md"),
        State::Alive => include_str!("verdicts/alive.md"),
        State::Idle => include_str!("verdicts/idle.md"),
        State::HalfClosedByPeer => include_str!("verdicts/half_closed_by_peer.md"),
        State::HalfClosedByUs { .. } => include_str!("verdicts/half_closed_by_us.md"),
        State::Closing => include_str!("verdicts/closing.md"),
        State::Stalled { .. } => include_str!("verdicts/stalled.md"),
        State::PeerNotReading { .. } => include_str!("verdicts/peer_not_reading.md"),
        State::ClosedInOrder => include_str!("verdicts/closed_in_order.md"),
        State::Refused { .. } => include_str!("verdicts/refused.md"),
        State::Unreachable { .. } => include_str!("verdicts/unreachable.md"),
        State::Reset => include_str!("verdicts/reset.md"),
        State::ResetAfterFin => include_str!("verdicts/reset_after_fin.md"),
        State::TimedOut { .. } => include_str!("verdicts/timed_out.md"),
        State::KilledLocally => include_str!("verdicts/killed_locally.md"),
        State::Failed { .. } => include_str!("verdicts/failed.md"),
        State::Ended { .. } => include_str!("verdicts/ended.md"),
        State::LetGo => include_str!("verdicts/let_go.md"),
    }
}

fn peer() -> SocketAddr {
    "10.0.0.5:5432".parse().unwrap()
}

fn icmp(code: u8) -> Who {
    Who::Icmp { from: IpAddr::from([10, 0, 0, 1]), kind: 3, code }
}

const NO_ROUTE: Soft = Soft { errno: EHOSTUNREACH, who: Who::Unknown };

/// A sentence of a state: `told` adds what the state alone does not tell.
fn sentence(state: State, told: impl FnOnce(&mut Evidence, &mut Option<Proof>)) -> (State, String) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let tcp = TcpInfo { last_data_received: Duration::from_secs(9000), ..crate::tcp_info(&stream).unwrap() };
    let mut evidence =
        Evidence { peer: Some(peer()), events: Events::default(), tcp: Some(tcp), error: None, said: None, unread: 0, established: true };
    let mut proof = Some(Proof { age: Duration::from_micros(412), by: By::Acknowledgement });
    told(&mut evidence, &mut proof);
    (state, Verdict { state, proof, retry: Retry::NotYet, evidence: Box::new(evidence) }.to_string())
}

fn plain(state: State) -> (State, String) {
    sentence(state, |_, _| {})
}

fn with_tcp(state: State, change: impl FnOnce(&mut TcpInfo)) -> (State, String) {
    sentence(state, |evidence, _| {
        if let Some(tcp) = &mut evidence.tcp {
            change(tcp);
        }
    })
}

/// One of each, and where the words depend on more than the state, one of each of those.
fn samples() -> Vec<(State, String)> {
    let error = |errno| move |evidence: &mut Evidence, _: &mut Option<Proof>| evidence.error = Some(errno);
    let silent = Duration::from_millis(4100);
    let gave_up = |tcp: &mut TcpInfo| tcp.last_ack_received = Duration::from_millis(5100);
    vec![
        plain(State::NotConnected),
        sentence(State::NotConnected, error(ECONNRESET)),
        plain(State::Listening),
        with_tcp(State::Connecting { soft: None }, |tcp| tcp.total_retrans = 2),
        plain(State::Connecting { soft: Some(Soft { errno: EHOSTUNREACH, who: icmp(1) }) }),
        plain(State::Alive),
        sentence(State::Alive, |_, proof| *proof = Some(Proof { age: Duration::from_millis(80), by: By::Data })),
        sentence(State::Idle, |_, proof| *proof = Some(Proof { age: Duration::from_secs(300), by: By::Acknowledgement })),
        plain(State::HalfClosedByPeer),
        sentence(State::HalfClosedByPeer, |evidence, _| evidence.unread = 80_000),
        plain(State::HalfClosedByUs { side: Side::Reading }),
        plain(State::HalfClosedByUs { side: Side::Writing }),
        plain(State::HalfClosedByUs { side: Side::Both }),
        plain(State::Closing),
        with_tcp(State::Stalled { silent, soft: None }, |tcp| (tcp.unacked, tcp.retransmits) = (1, 3)),
        with_tcp(State::Stalled { silent: Duration::from_millis(40), soft: None }, |tcp| {
            (tcp.unacked, tcp.retransmits, tcp.rto) = (1, 3, Duration::from_millis(1600));
        }),
        with_tcp(State::Stalled { silent, soft: None }, |tcp| tcp.probes = 2),
        with_tcp(State::Stalled { silent, soft: None }, |tcp| tcp.unacked = 1),
        with_tcp(State::Stalled { silent, soft: Some(NO_ROUTE) }, |tcp| (tcp.unacked, tcp.retransmits) = (1, 3)),
        plain(State::PeerNotReading { waiting: 2_500_000 }),
        plain(State::ClosedInOrder),
        sentence(State::Refused { who: Who::Peer }, error(ECONNREFUSED)),
        sentence(State::Refused { who: icmp(3) }, error(ECONNREFUSED)),
        sentence(State::Refused { who: Who::Unknown }, error(ECONNREFUSED)),
        plain(State::Refused { who: Who::OurHost }),
        sentence(State::Unreachable { who: icmp(1) }, error(EHOSTUNREACH)),
        sentence(State::Unreachable { who: icmp(13) }, error(EHOSTUNREACH)),
        sentence(State::Unreachable { who: Who::OurHost }, error(EHOSTUNREACH)),
        sentence(State::Unreachable { who: Who::OurHost }, error(ENETUNREACH)),
        sentence(State::Unreachable { who: Who::Unknown }, error(ENETUNREACH)),
        sentence(State::Reset, error(ECONNRESET)),
        sentence(State::Reset, |evidence, _| evidence.unread = 80_000),
        plain(State::ResetAfterFin),
        with_tcp(State::TimedOut { soft: None }, gave_up),
        with_tcp(State::TimedOut { soft: Some(NO_ROUTE) }, gave_up),
        with_tcp(State::TimedOut { soft: None }, |tcp| tcp.send_window = Some(0)),
        sentence(State::TimedOut { soft: None }, |evidence, _| {
            (evidence.established, evidence.error) = (false, Some(ETIMEDOUT));
            evidence.tcp.iter_mut().for_each(|tcp| tcp.total_retrans = 2);
        }),
        plain(State::KilledLocally),
        plain(State::Failed { errno: 105 }),
        plain(State::Ended { pending: true }),
        plain(State::Ended { pending: false }),
        plain(State::LetGo),
    ]
}

#[test]
fn every_page_shows_its_sentences() {
    let missing: Vec<String> = samples()
        .into_iter()
        .filter(|(state, sentence)| !page(state).lines().any(|line| line == format!("> {sentence}")))
        .map(|(state, sentence)| format!("verdicts/{state}.md: > {sentence}"))
        .collect();
    assert!(missing.is_empty(), "{missing:#?}");
}

#[test]
fn no_page_shows_a_sentence_that_nobody_says() {
    let samples = samples();
    for (state, _) in &samples {
        for shown in page(state).lines().filter_map(|line| line.strip_prefix("> ")) {
            assert!(samples.iter().any(|(of, sentence)| of.name() == state.name() && sentence == shown), "{state}: {shown}");
        }
    }
}

#[test]
fn every_page_answers_the_same_questions() {
    for (state, _) in samples() {
        for question in ["What it is", "What proves it", "How it comes about", "What to do", "Retry", "How it reads"] {
            assert!(page(&state).contains(&format!("* **{question}.**")), "{state}: {question}");
        }
    }
}

/// The tests of `tests/advice`, by name.
fn advice_tests() -> Vec<String> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/advice");
    let files = std::fs::read_dir(folder).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    let of_file = |text: String| -> Vec<String> {
        let after = text.split("#[test]\nfn ").skip(1);
        after.filter_map(|rest| rest.split_once('(')).map(|(name, _)| name.to_owned()).collect()
    };
    files.flat_map(of_file).collect()
}

#[test]
fn every_piece_of_advice_names_a_test_that_is_there() {
    let page = include_str!("advice.md");
    let tests = advice_tests();
    for row in page.lines().filter(|line| line.starts_with("| ")).skip(1) {
        let named = row.rsplit('`').nth(1).unwrap_or_default();
        assert!(tests.iter().any(|test| test == named), "{row}");
    }
    for test in tests {
        assert!(page.contains(&format!("`{test}`")), "{test} is shown nowhere");
    }
}

#[test]
fn every_verdict_is_in_the_list() {
    let list = include_str!("verdicts.rs");
    for (state, _) in samples() {
        // rustdoc also knows a macro of that name.
        let link = if state.name() == "unreachable" { "mod@unreachable" } else { state.name() };
        assert!(list.contains(&format!("| [{link}] |")), "{state}");
        assert!(list.contains(&format!("#[doc = include_str!(\"verdicts/{state}.md\")]\npub mod {state} {{}}")), "{state}");
    }
}
