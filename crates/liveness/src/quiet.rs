//! For tests: the figures of a connection on which nothing happens, to be changed where a test is about something.

use std::net::{TcpListener, TcpStream};
use std::time::Duration;

use allswell_os::tcp_info::{self, TcpInfo, TcpState};

/// Of who connected: 100 bytes sent and acknowledged, 50 received, all of it ten seconds ago.
pub(crate) fn quiet() -> TcpInfo {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let stream = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    let ago = Duration::from_secs(10);
    TcpInfo {
        state: TcpState::Established,
        retransmits: 0,
        probes: 0,
        backoff: 0,
        rto: Duration::from_millis(204),
        send_mss: 1448,
        unacked: 0,
        last_data_sent: ago,
        last_data_received: ago,
        last_ack_received: ago,
        rtt: Duration::from_micros(400),
        total_retrans: 0,
        // The SYN is one.
        bytes_acked: Some(101),
        bytes_received: Some(50),
        not_sent: Some(0),
        busy: Some(Duration::ZERO),
        receiver_limited: Some(Duration::ZERO),
        send_buffer_limited: Some(Duration::ZERO),
        bytes_sent: Some(100),
        bytes_retransmitted: Some(0),
        send_window: Some(65_536),
        ..tcp_info::read(&stream).unwrap()
    }
}
