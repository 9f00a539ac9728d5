//! What each end of a TCP connection sees when the other one goes away: closed, killed, stopped, unplugged, rebooted, vanished; with
//! and without keepalive, and with a heartbeat.
//!
//! `cargo run -p allswell-liveness --example dead_peer`
//!
//! No privilege is needed, and nothing leaves the machine: each situation has three hosts of its own (a client, a router and a server, in
//! network namespaces), in which a cable can be pulled. All situations run side by side, in a quarter of a minute. Where the machine
//! forbids namespaces it says so, and shows what a loopback can show. Every figure that is printed was measured in that run.

mod care;
mod heart;
mod record;
mod scene;
mod server;
mod show;
mod stage;
mod track;

use std::env;
use std::io;

fn main() -> io::Result<()> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        [] => show::everything(),
        // The process that has hosts of its own, and is the client.
        ["scene", name, hosts] => stage::play(name, *hosts == "hosts"),
        // The server, on its own host.
        ["server", ports @ ..] => server::serve(ports),
        _ => Err(io::Error::other("this example takes no arguments")),
    }
}
