//! Two hosts of the bench's own: the near one is where it runs, the far one is the namespace `far`.

use std::process::{Command, ExitStatus, Stdio};

/// Set in the process that runs inside.
const MARK: &str = "ALLSWELL_BENCH_INSIDE";

/// The far host's address.
pub(crate) const FAR: &str = "10.79.0.2";

/// How a process gets to the far host.
pub(crate) const ON_FAR: [&str; 4] = ["ip", "netns", "exec", "far"];

const SHAPE: &str = "\
mount -t tmpfs none /run && ip link set lo up && ip netns add far && \
ip link add near0 type veth peer name far0 netns far && \
ip address add 10.79.0.1/24 dev near0 && ip link set near0 up && \
ip -n far address add 10.79.0.2/24 dev far0 && ip -n far link set far0 up && ip -n far link set lo up && \
ip netns exec far sysctl -qw net.core.somaxconn=16384 net.ipv4.tcp_max_syn_backlog=16384 && \
sysctl -qw net.ipv4.ip_local_port_range='1024 65535' && exec \"$0\" \"$@\"";

const UNSHARE: [&str; 6] = ["--user", "--map-root-user", "--net", "--mount", "sh", "-c"];

/// Runs the bench inside, to its end; `None` when this is the inside.
pub(crate) fn enter(words: &[&str]) -> Option<ExitStatus> {
    if std::env::var_os(MARK).is_some() {
        return None;
    }
    let itself = std::env::current_exe().unwrap();
    Some(Command::new("unshare").args(UNSHARE).arg(SHAPE).arg(itself).args(words).env(MARK, "1").status().unwrap())
}

/// Swallows all that goes to or comes from a port of the far host, from now on.
pub(crate) fn black_hole(port: &str) {
    let rules = format!(
        "table inet hole {{ chain in {{ type filter hook input priority 0; tcp dport {port} drop; }}; \
         chain out {{ type filter hook output priority 0; tcp sport {port} drop; }}; }}"
    );
    let [program, words @ ..] = ON_FAR;
    let status = Command::new(program).args(words).args(["nft", &rules]).stdin(Stdio::null()).status().unwrap();
    assert!(status.success());
}

/// Gives way again.
pub(crate) fn mend() {
    let [program, words @ ..] = ON_FAR;
    assert!(Command::new(program).args(words).args(["nft", "delete table inet hole"]).status().unwrap().success());
}
