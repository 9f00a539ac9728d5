use std::net::{TcpListener, TcpStream};

use super::*;

const MS: Duration = Duration::from_millis(1);

/// An idle connection, some data sent and acknowledged ten seconds ago; the tests change what they are about.
fn idle() -> TcpInfo {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let ago = MS * 10_000;
    TcpInfo {
        last_data_sent: ago,
        last_data_received: ago,
        last_ack_received: ago,
        rto: MS * 204,
        send_mss: 1448,
        bytes_sent: Some(100),
        bytes_retransmitted: Some(0),
        bytes_acked: Some(101),
        send_window: Some(65_536),
        not_sent: Some(0),
        ..allswell_os::tcp_info::read(&stream).unwrap()
    }
}

/// Bytes before a window that was shut so long ago.
fn shut(acked: u64, still: Duration, last_ack: Duration) -> TcpInfo {
    let (last_data_sent, last_ack_received) = (still, last_ack);
    TcpInfo { last_data_sent, last_ack_received, bytes_acked: Some(acked), send_window: Some(0), not_sent: Some(34_048), ..idle() }
}

/// One ping of 26 bytes in flight, and when the peer's kernel was last heard.
fn in_flight(last_ack_received: Duration) -> TcpInfo {
    TcpInfo { unacked: 1, bytes_sent: Some(126), last_data_sent: MS * 100, last_ack_received, ..idle() }
}

fn miss(number: u64, waited: Duration) -> Miss {
    Miss { number, missed: 1, allowed: 3, waited, silent: waited }
}

/// A first look, half a second after the ping was due.
fn first(figures: &TcpInfo) -> Condition {
    Inquiry::default().look(&miss(1, MS * 500), figures, Instant::now())
}

/// A second look, another half second later.
fn second(before: &TcpInfo, now: &TcpInfo) -> Condition {
    let start = Instant::now();
    let mut inquiry = Inquiry::default();
    inquiry.look(&miss(1, MS * 500), before, start);
    inquiry.look(&miss(1, MS * 1000), now, start + MS * 500)
}

#[test]
fn another_silence_is_looked_into_anew() {
    let mut inquiry = Inquiry::default();
    let start = Instant::now();
    inquiry.look(&miss(1, MS * 500), &shut(128_505, MS * 450, MS * 90), start);
    let of_the_next = inquiry.look(&miss(2, MS * 500), &shut(192_505, MS * 450, MS * 90), start + MS * 5000);
    assert!(matches!(of_the_next, Condition::Unclear { .. }), "{of_the_next:?}");
}

#[test]
fn what_was_acknowledged_and_not_answered_is_the_application() {
    let figures = TcpInfo { last_data_sent: MS * 500, last_ack_received: MS * 480, ..idle() };
    assert_eq!(first(&figures), Condition::ApplicationSilent { waiting: 0, still: Duration::ZERO, last_ack: MS * 480 });
}

#[test]
fn what_was_never_written_is_ours() {
    assert_eq!(first(&idle()), Condition::NotWritten { last_sent: MS * 10_000 });
    let a_tick_early = TcpInfo { last_data_sent: MS * 516, ..idle() };
    assert!(!first(&a_tick_early).is_ours(), "the kernel counts in ticks");
}

#[test]
fn data_without_a_frame_is_neither_silence() {
    let figures = TcpInfo { last_data_received: MS * 40, ..in_flight(MS * 40) };
    assert_eq!(first(&figures), Condition::Unheard { last_data: MS * 40 });
}

#[test]
fn an_end_is_no_silence() {
    for state in [TcpState::Close, TcpState::CloseWait, TcpState::LastAck, TcpState::TimeWait] {
        assert_eq!(first(&TcpInfo { state, ..in_flight(MS) }), Condition::Ended(state));
    }
}

#[test]
fn what_is_sent_again_and_not_acknowledged_is_host_or_path() {
    let once = TcpInfo { retransmits: 1, retransmitted: 1, rto: MS * 408, ..in_flight(MS * 808) };
    assert_eq!(first(&once), Condition::KernelSilent { waiting: 26, tries: 1, last_ack: MS * 808 });
    let heard_since = TcpInfo { last_ack_received: MS * 300, ..once };
    assert_eq!(first(&heard_since), Condition::Unclear { waiting: 26, last_ack: MS * 300 }, "one time-out is loss, not death");
    let thrice = TcpInfo { retransmits: 3, retransmitted: 1, rto: MS * 1632, last_ack_received: MS * 2308, ..in_flight(MS) };
    assert!(matches!(first(&thrice), Condition::KernelSilent { tries: 3, .. }));
    let talking = TcpInfo { last_ack_received: MS * 30, ..thrice };
    assert!(matches!(first(&talking), Condition::Unclear { .. }), "acknowledgements come, though not of this");
    assert!(matches!(first(&in_flight(MS * 808)), Condition::Unclear { .. }), "before the first time-out it is too early to say");
}

#[test]
fn what_our_host_keeps_is_ours() {
    let kept = TcpInfo { not_sent: Some(12), probes: 3, last_ack_received: MS * 808, ..idle() };
    assert_eq!(first(&kept), Condition::NotSent { waiting: 12, last_ack: MS * 808 });
    let not_sent_again = TcpInfo { retransmits: 2, retransmitted: 0, rto: MS * 816, ..in_flight(MS * 1308) };
    assert_eq!(first(&not_sent_again), Condition::NotSent { waiting: 26, last_ack: MS * 1308 });
}

#[test]
fn before_a_shut_window_the_first_look_tells_only_of_a_whole_timeout_without_room() {
    assert_eq!(first(&shut(128_505, MS * 400, MS * 90)), Condition::Unclear { waiting: 34_048, last_ack: MS * 90 });
    let still = Condition::ApplicationSilent { waiting: 34_048, still: MS * 3000, last_ack: MS * 90 };
    assert_eq!(first(&shut(128_505, MS * 3000, MS * 90)), still);
    assert!(matches!(first(&shut(128_505, MS * 3000, MS * 900)), Condition::Unclear { .. }), "nobody was there to tell of room");
}

#[test]
fn before_a_shut_window_a_second_look_tells_slow_from_stopped() {
    let before = shut(128_505, MS * 450, MS * 90);
    let stopped = second(&before, &shut(128_505, MS * 950, MS * 204));
    assert_eq!(stopped, Condition::ApplicationSilent { waiting: 34_048, still: MS * 950, last_ack: MS * 204 });
    let slow = second(&before, &shut(192_505, MS * 200, MS * 150));
    assert_eq!(slow, Condition::SlowReader { waiting: 34_048, took: 64_000, within: MS * 500, still: MS * 200 });
    let open_now = TcpInfo { send_window: Some(64_000), unacked: 3, bytes_sent: Some(131_504), ..shut(128_505, MS, MS) };
    assert!(matches!(second(&before, &open_now), Condition::SlowReader { took: 64_000, .. }), "room, not yet used");
    let resumed = second(&in_flight(MS), &shut(192_505, MS * 200, MS * 150));
    assert!(matches!(resumed, Condition::Unclear { .. }), "it was not shut before, so it may have grown by itself");
}

#[test]
fn before_a_shut_window_two_probes_without_answer_are_host_or_path() {
    let probed = |probes| TcpInfo { probes, ..shut(128_505, MS * 6756, MS * 5220) };
    assert_eq!(first(&probed(2)), Condition::KernelSilent { waiting: 34_048, tries: 2, last_ack: MS * 5220 });
    assert!(matches!(first(&probed(1)), Condition::Unclear { .. }), "a live kernel passes over one");
}

#[test]
fn a_backlog_that_moves_through_an_open_window_is_a_slow_path() {
    let moving = |acked, sent| TcpInfo {
        unacked: 10,
        bytes_acked: Some(acked),
        bytes_sent: Some(sent),
        not_sent: Some(500_000),
        last_ack_received: MS * 10,
        last_data_sent: MS * 10,
        ..idle()
    };
    let slow = second(&moving(1_001, 15_480), &moving(51_001, 65_480));
    assert_eq!(slow, Condition::SlowPath { waiting: 515_480 - 1_000, carried: 50_000, within: MS * 500 });
    assert!(matches!(second(&moving(1_001, 15_480), &moving(1_001, 15_480)), Condition::Unclear { .. }));
}

#[test]
fn an_older_kernel_that_tells_no_window_is_never_taken_for_proof() {
    let figures = TcpInfo { send_window: None, ..shut(128_505, MS * 3000, MS * 90) };
    assert!(matches!(first(&figures), Condition::Unclear { .. }));
    let nothing_tells = TcpInfo { bytes_sent: None, bytes_retransmitted: None, ..in_flight(MS * 100) };
    assert_eq!(first(&nothing_tells), Condition::Unclear { waiting: 1448, last_ack: MS * 100 });
}
