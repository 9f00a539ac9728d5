use std::time::Duration;

use allswell_os::tcp_info::TcpState;

use super::*;

#[test]
fn each_condition_is_a_sentence_with_its_figures_and_where_to_look() {
    let (last_ack, still, within) = (Duration::from_millis(480), Duration::from_secs(3), Duration::from_secs(5));
    let told = [
        (Condition::Ended(TcpState::Close), "The connection has ended (Close), which is no silence: a read says how."),
        (
            Condition::NotWritten { last_sent: within },
            "Our own program has handed nothing to the kernel for 5.0 s, so the ping is still ours: a write waits, or was not flushed.",
        ),
        (
            Condition::NotSent { waiting: 12, last_ack },
            "Our own host does not send 12 bytes that the peer would take (last acknowledged 480 ms ago): look at the local firewall, route and link.",
        ),
        (
            Condition::Unheard { last_data: last_ack },
            "Data came 480 ms ago, but no whole frame was heard: our own reader is behind, or one long frame is still on its way.",
        ),
        (
            Condition::KernelSilent { waiting: 34_100, tries: 3, last_ack: still },
            "The peer's host or the path to it is dead: 34 kB unacknowledged after 3 further tries, last acknowledged 3.0 s ago. Look at the host, the network, and firewalls that forgot the connection.",
        ),
        (
            Condition::ApplicationSilent { waiting: 0, still, last_ack },
            "The peer's kernel has the ping and was heard 480 ms ago, but its application does not answer: stopped, hung, or far behind. Look at the process, not at the network.",
        ),
        (
            Condition::ApplicationSilent { waiting: 1_234_567, still, last_ack },
            "The peer's kernel was heard 480 ms ago, but its application has made no room for 3.0 s, and 1.2 MB wait: stopped or hung. Look at the process, not at the network.",
        ),
        (
            Condition::SlowReader { waiting: 34_100, took: 64_000, within, still },
            "The peer's application reads, but slowly: it made room for 64 kB in 5.0 s, last 3.0 s ago, and 34 kB still wait. Send less, or find what keeps it busy.",
        ),
        (
            Condition::SlowPath { waiting: 34_100, carried: 999, within },
            "The path is slow: 999 bytes acknowledged in 5.0 s, and 34 kB wait that the peer would take. Look for loss, or a narrow link.",
        ),
        (
            Condition::Unclear { waiting: 34_100, last_ack },
            "Not clear yet: 34 kB wait, and the peer's kernel was heard 480 ms ago. The next miss tells more.",
        ),
    ];
    for (condition, sentence) in told {
        assert_eq!(condition.to_string(), sentence);
    }
}
