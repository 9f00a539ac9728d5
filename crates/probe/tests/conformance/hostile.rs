//! Servers that misbehave, against every protocol that talks over a stream.

use std::time::Duration;

use allswell_testkit::server::Server;
use allswell_testkit::server::script::Act;

use crate::SHORT;
use crate::ledger::Ledger;
use crate::subject::{Subject, subjects};

/// What the server does, and whether a bare TCP connection may call it up: it only wants to be accepted.
fn misdeeds() -> Vec<(&'static str, Vec<Act>)> {
    let slowly = Duration::from_millis(40);
    vec![
        ("accepts and stays silent", vec![Act::Hold]),
        ("accepts and closes", vec![]),
        ("accepts and resets", vec![Act::Reset]),
        ("drips a byte at a time", vec![Act::Drip(b"HTTP/1.1 200 OK\r\n".to_vec(), slowly)]),
        ("an endless head", vec![Act::say("HTTP/1.1 200 OK\r\n"), Act::Forever(b"x-more: and more of it\r\n".to_vec())]),
        ("an endless body", vec![Act::say("HTTP/1.1 200 OK\r\n\r\n"), Act::Forever(vec![b'x'; 65_536])]),
        ("an empty line for ever", vec![Act::Forever(b"\r\n".to_vec())]),
        ("garbage", vec![Act::Say((0..=255).cycle().take(4096).collect()), Act::Hold]),
        ("zeros", vec![Act::Say(vec![0; 4096]), Act::Hold]),
        ("half a TLS record", vec![Act::Say(vec![0x16, 3, 3, 0x40, 0, 2]), Act::Hold]),
        ("a TLS alert", vec![Act::Say(vec![0x15, 3, 3, 0, 2, 2, 40])]),
        ("another protocol's greeting", vec![Act::say("SSH-2.0-OpenSSH_9.2\r\n"), Act::Hold]),
        (
            "a reply of 4 GiB",
            vec![Act::ReadHead, Act::say("HTTP/1.1 200 OK\r\nContent-Length: 4294967296\r\n\r\n"), Act::Forever(vec![b'x'; 65_536])],
        ),
        ("a length that lies", vec![Act::Say(vec![0xff, 0xff, 1, 2, 3]), Act::Hold]),
    ]
}

pub(crate) fn troubles() -> Vec<String> {
    let mut troubles = Vec::new();
    for (misdeed, script) in misdeeds() {
        let server = Server::scripted(&script);
        for subject in subjects().filter(Subject::is_stream) {
            let ledger = Ledger::open();
            let probe = subject.at(server.address()).within(SHORT);
            let wanted = if subject.scheme.name == "tcp" { "up" } else { "down" };
            let told = probe.ends_as(&ledger.runtime, wanted, &[]);
            troubles.extend(told.into_iter().map(|trouble| format!("{misdeed}: {trouble}")));
            troubles.extend(ledger.balance(&probe.url).map(|left| format!("{misdeed}: {left}")));
        }
    }
    troubles
}
