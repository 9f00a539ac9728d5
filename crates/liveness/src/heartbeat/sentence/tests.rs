use std::time::Duration;

use allswell_os::tcp_info::TcpState;

use super::*;

#[test]
fn each_condition_is_a_sentence_with_its_figures_and_where_to_look() {
    let (last_ack, still, within) = (Duration::from_millis(480), Duration::from_secs(3), Duration::from_secs(5));
    let told = [
        (Condition::Ended(TcpState::Close), "the connection has ended (Close), which is no silence: a read says how"),
        (
            Condition::NotWritten { last_sent: within },
            "our own program handed nothing to the kernel for 5.0s, so the ping is still ours: a write waits or was not flushed",
        ),
        (
            Condition::NotSent { waiting: 12, last_ack },
            "our own host does not send 12 bytes though the peer would take it, last acknowledged 480.0ms ago: look at the local firewall, route and link",
        ),
        (
            Condition::Unheard { last_data: last_ack },
            "data came 480.0ms ago, but no whole frame was heard: our own reader is behind, or one long frame is still on its way",
        ),
        (
            Condition::KernelSilent { waiting: 34_100, tries: 3, last_ack: still },
            "the peer's host or the path to it is dead: 34.1 kB unacknowledged though tried again (times: 3), last acknowledged 3.0s ago: look at the host, the network, and firewalls that forgot the connection",
        ),
        (
            Condition::ApplicationSilent { waiting: 0, still, last_ack },
            "the peer's kernel has the ping and was heard 480.0ms ago, but its application does not answer: stopped, hung or far behind; look at the process, not at the network",
        ),
        (
            Condition::ApplicationSilent { waiting: 1_234_567, still, last_ack },
            "the peer's kernel was heard 480.0ms ago, but its application has made no room for 3.0s and 1.2 MB wait: stopped or hung; look at the process, not at the network",
        ),
        (
            Condition::SlowReader { waiting: 34_100, took: 64_000, within, still },
            "the peer's application reads, but slowly: it made room for 64.0 kB in 5.0s, last 3.0s ago, and 34.1 kB still wait: send less, or find what keeps it busy",
        ),
        (
            Condition::SlowPath { waiting: 34_100, carried: 999, within },
            "the path is slow: 999 bytes acknowledged in 5.0s, and 34.1 kB wait though the peer would take them: look for loss or a narrow link",
        ),
        (
            Condition::Unclear { waiting: 34_100, last_ack },
            "not clear yet: 34.1 kB wait, the peer's kernel was heard 480.0ms ago; the next miss tells more",
        ),
    ];
    for (condition, sentence) in told {
        assert_eq!(condition.to_string(), sentence);
    }
}
