//! FRR's `zebra` and `bfdd` on one of the two hosts: the rival.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Once;
use std::time::{Duration, Instant};

const PROGRAMS: &str = "/usr/lib/frr";

/// Longer than it takes to start on a busy machine.
const PATIENCE: Duration = Duration::from_secs(40);

pub(crate) fn is_installed() -> bool {
    let found = ["zebra", "bfdd"].iter().all(|program| Path::new(PROGRAMS).join(program).exists());
    if !found {
        println!("FRR is not installed, so it is not measured: Debian's package is `frr`");
    }
    found
}

/// FRR on a host, until this is dropped.
pub(crate) struct Frr {
    folder: PathBuf,
    running: Vec<Child>,
}

/// A session: the peer's address, and our own where there are several.
pub(crate) type Peering = (String, Option<String>);

impl Frr {
    /// Starts it with these sessions; `within` leads to the host (`ip netns exec far`).
    pub(crate) fn start(within: &[&str], name: &str, peerings: &[Peering], every_ms: u64) -> Self {
        let folder = PathBuf::from(format!("/run/{name}"));
        fs::create_dir_all(&folder).unwrap();
        prepare(&folder, peerings, every_ms);
        let mut frr = Self { folder, running: Vec::new() };
        for program in ["zebra", "bfdd"] {
            frr.run(within, program);
        }
        frr
    }

    fn run(&mut self, within: &[&str], program: &str) {
        let folder = self.folder.as_path();
        let file = |suffix: &str| folder.join(format!("{program}.{suffix}"));
        // Nobody ends it when the bench was killed, so the kernel does. Each sees an `/etc/frr` of its own.
        let script = "mount --bind \"$1\" /etc/frr && shift && exec setpriv --pdeathsig KILL \"$@\"";
        let words: Vec<&str> = within.iter().copied().chain(["unshare", "--mount", "sh", "-c", script, "sh"]).collect();
        let mut command = Command::new(words[0]);
        command.args(&words[1..]).arg(folder).arg(Path::new(PROGRAMS).join(program));
        command.args(["-u", "root", "-g", "root", "-P", "0", "--vty_socket"]).arg(folder);
        command.arg("-f").arg(file("conf")).arg("-i").arg(file("pid")).arg("-z").arg(folder.join("zserv.api"));
        self.running.push(command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap());
        until("FRR's daemon can be spoken to", || file("vty").exists());
        if program == "zebra" {
            until("zebra listens", || folder.join("zserv.api").exists());
        }
    }

    /// How many sessions are up, and how often one went down.
    pub(crate) fn counts(&self) -> (usize, u64) {
        let up = self.tell("show bfd peers json").matches("\"status\":\"up\"").count();
        let counters = self.tell("show bfd peers counters json");
        let downs = counters.split("\"session-down\":").skip(1);
        let number = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap();
        (up, downs.map(number).sum())
    }

    /// Packets sent and received.
    pub(crate) fn packets(&self) -> u64 {
        let counters = self.tell("show bfd peers counters json");
        let all = |key: &str| {
            let values = counters.split(key).skip(1);
            values.map(|text| text.chars().take_while(char::is_ascii_digit).collect::<String>().parse::<u64>().unwrap()).sum::<u64>()
        };
        all("\"control-packet-input\":") + all("\"control-packet-output\":")
    }

    /// The time that `bfdd` has run on a processor, in microseconds.
    pub(crate) fn cpu_us(&self) -> u64 {
        let pid = fs::read_to_string(self.folder.join("bfdd.pid")).unwrap();
        let stat = fs::read_to_string(format!("/proc/{}/schedstat", pid.trim())).unwrap();
        stat.split(' ').next().unwrap().parse::<u64>().unwrap() / 1000
    }

    fn tell(&self, command: &str) -> String {
        let mut vtysh = Command::new("vtysh");
        let output = vtysh.arg("--vty_socket").arg(&self.folder).args(["-d", "bfdd", "-c", command]).output().unwrap();
        assert!(output.status.success(), "vtysh {command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).split_whitespace().collect()
    }
}

impl Drop for Frr {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Waits until it is so.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

/// FRR wants a user of its own; in here there is none but root. What `/etc` says of that is replaced, in this namespace alone.
fn prepare(folder: &Path, peerings: &[Peering], every_ms: u64) {
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("vtysh.conf", "");
    write("zebra.conf", "");
    let peer = |(peer, own): &Peering| {
        let own = own.as_ref().map(|own| format!(" local-address {own}")).unwrap_or_default();
        format!(" peer {peer}{own}\n  transmit-interval {every_ms}\n  receive-interval {every_ms}\n  detect-multiplier 3\n !\n")
    };
    write("bfdd.conf", &format!("bfd\n{}!\n", peerings.iter().map(peer).collect::<String>()));
    fs::create_dir_all("/run/frr").unwrap();
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        for (name, text) in [("passwd", "root:x:0:0:root:/root:/bin/sh\n"), ("group", "root:x:0:\nfrrvty:x:0:root\n")] {
            let file = format!("/run/frr/{name}");
            fs::write(&file, text).unwrap();
            assert!(Command::new("mount").args(["--bind", &file, &format!("/etc/{name}")]).status().unwrap().success());
        }
    });
}
