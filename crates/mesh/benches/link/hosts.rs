//! Two hosts of the bench's own: the near one is where it runs, the far one is the namespace `far`. The far kernel answers no ICMP echo, so
//! that a process that falls silent there is a host that is gone.

use std::process::{Command, ExitStatus};

/// Set in the process that runs inside.
const MARK: &str = "ALLSWELL_BENCH_INSIDE";

/// The near host's address.
pub(crate) const NEAR: &str = "10.79.0.1";

/// The far host's address.
pub(crate) const FAR: &str = "10.79.0.2";

/// How a process gets to the far host.
pub(crate) const ON_FAR: [&str; 4] = ["ip", "netns", "exec", "far"];

const SHAPE: &str = "\
mount -t tmpfs none /run && ip link set lo up && ip netns add far && \
ip link add near0 type veth peer name far0 netns far && \
ip address add 10.79.0.1/16 dev near0 && ip link set near0 up && \
ip -n far address add 10.79.0.2/16 dev far0 && ip -n far link set far0 up && ip -n far link set lo up && exec \"$0\" \"$@\"";

const UNSHARE: [&str; 6] = ["--user", "--map-root-user", "--net", "--mount", "sh", "-c"];

/// Runs the bench inside, to its end; `None` when this is the inside.
pub(crate) fn enter(words: &[&str]) -> Option<ExitStatus> {
    if std::env::var_os(MARK).is_some() {
        return None;
    }
    let itself = std::env::current_exe().unwrap();
    Some(Command::new("unshare").args(UNSHARE).arg(SHAPE).arg(itself).args(words).env(MARK, "1").status().unwrap())
}

/// The far kernel answers no echo from now on.
pub(crate) fn deaf_to_echo(deaf: bool) {
    let [program, words @ ..] = ON_FAR;
    let value = format!("net.ipv4.icmp_echo_ignore_all={}", u8::from(deaf));
    assert!(Command::new(program).args(words).args(["sysctl", "-qw", &value]).status().unwrap().success());
}
