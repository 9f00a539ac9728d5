//! FRR's `zebra` and `bfdd` in a network namespace beside the test's own, from Debian's package `frr`.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use allswell_testkit::namespace::space::Space;
/// Where we are, on the one cable that there is.
pub(crate) const OURS: [&str; 2] = ["10.77.9.1", "fd77:9::1"];
/// Where FRR is.
pub(crate) const THEIRS: [&str; 2] = ["10.77.9.2", "fd77:9::2"];

const PROGRAMS: &str = "/usr/lib/frr";

/// So many intervals of 50 ms are so long that nobody is given up because the machine does other things, too.
pub(crate) const PATIENT: u8 = 100;

/// So many are long enough for that, most of the time, and short enough to wait for.
pub(crate) const QUICK: u8 = 20;

/// Longer than anything in here takes on a machine that does other things, too.
pub(crate) const PATIENCE: Duration = Duration::from_secs(40);

/// Waits until it is so.
pub(crate) fn until(what: &str, mut so: impl FnMut() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !so() {
        assert!(Instant::now() < deadline, "not in time: {what}");
        std::thread::yield_now();
    }
}

/// Whether FRR is here; where it is not the test is skipped, and with `CI=true` it fails.
pub(crate) fn is_installed() -> bool {
    let found = ["zebra", "bfdd"].iter().all(|program| Path::new(PROGRAMS).join(program).exists());
    if !found {
        println!("skipped, because FRR is not installed: Debian's package is `frr`");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "a test may not be skipped with CI=true: `frr` must be installed");
    }
    found
}

/// FRR, which runs until this is dropped. Its peer is us, in both families, at 50 ms.
pub(crate) struct Frr {
    pub(crate) space: Space,
    folder: PathBuf,
    running: Vec<Child>,
}

impl Frr {
    /// Lays the cable and starts it. It is to be given up after so many intervals.
    pub(crate) fn start(multiplier: u8) -> Self {
        let space = cable();
        // In here, /run is the test's own.
        let folder = PathBuf::from("/run/allswell-bfd");
        fs::create_dir(&folder).unwrap();
        prepare(&folder, multiplier);
        let mut frr = Self { space, folder, running: Vec::new() };
        for program in ["zebra", "bfdd"] {
            frr.run(program);
        }
        frr
    }

    /// Starts a daemon, and waits until it can be spoken to.
    fn run(&mut self, program: &str) {
        let folder = self.folder.as_path();
        let file = |suffix: &str| folder.join(format!("{program}.{suffix}"));
        let _ = fs::remove_file(file("vty"));
        // Nobody ends it when the test was killed, so the kernel does.
        let mut command = Command::new("nsenter");
        command.arg("--net=/run/netns/frr").args(["setpriv", "--pdeathsig", "KILL"]).arg(Path::new(PROGRAMS).join(program));
        command.args(["-u", "root", "-g", "root", "-P", "0", "--vty_socket"]).arg(folder);
        command.arg("-f").arg(file("conf")).arg("-i").arg(file("pid")).arg("-z").arg(folder.join("zserv.api"));
        self.running.push(command.stdin(Stdio::null()).stdout(Stdio::null()).spawn().unwrap());
        until("FRR's daemon can be spoken to", || file("vty").exists());
        if program == "zebra" {
            until("zebra listens", || folder.join("zserv.api").exists());
        }
    }

    /// Kills `bfdd`, as a crash would.
    pub(crate) fn kill(&mut self) {
        let mut bfdd = self.running.pop().unwrap();
        bfdd.kill().unwrap();
        bfdd.wait().unwrap();
    }

    /// Starts `bfdd` again.
    pub(crate) fn revive(&mut self) {
        self.run("bfdd");
    }

    /// What FRR says of its session with our address, without white space.
    pub(crate) fn said(&self, family: usize) -> String {
        self.tell(&[&format!("show bfd peer {} json", OURS[family])]).split_whitespace().collect()
    }

    /// Waits until all of this stands in what it says.
    pub(crate) fn await_said(&self, family: usize, all: &[&str]) {
        let mut said = String::new();
        let deadline = Instant::now() + PATIENCE;
        while !all.iter().all(|part| said.contains(part)) {
            assert!(Instant::now() < deadline, "FRR does not say {all:?}, but {said}");
            said = self.said(family);
        }
    }

    /// Changes its session with our first address.
    pub(crate) fn configure(&self, lines: &[&str]) {
        let peer = format!("peer {}", OURS[0]);
        self.tell(&[&["configure terminal", "bfd", peer.as_str()], lines].concat());
    }

    fn tell(&self, commands: &[&str]) -> String {
        let mut vtysh = Command::new("vtysh");
        vtysh.arg("--vty_socket").arg(&self.folder).args(["-d", "bfdd"]);
        let output = vtysh.args(commands.iter().flat_map(|command| ["-c", command])).output().unwrap();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success() && !said.contains('%'), "vtysh {commands:?}: {said}{}", String::from_utf8_lossy(&output.stderr));
        said
    }
}

impl Drop for Frr {
    fn drop(&mut self) {
        for child in &mut self.running {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Another host, on the other end of a cable.
pub(crate) fn cable() -> Space {
    let (own, space) = (Space::own(), Space::new("frr"));
    own.ip("link add f0 type veth peer name f1 netns frr\n");
    space.ip(&addresses("f1", THEIRS));
    own.ip(&addresses("f0", OURS));
    space.await_link("f1");
    own.await_link("f0");
    space
}

fn addresses(interface: &str, [v4, v6]: [&str; 2]) -> String {
    format!("addr add {v4}/24 dev {interface}\naddr add {v6}/64 dev {interface} nodad\nlink set {interface} up\n")
}

/// FRR wants a user of its own; in here there is none but root. What `/etc` says of that is replaced, in this namespace alone.
fn prepare(folder: &Path, multiplier: u8) {
    let write = |name: &str, text: &str| fs::write(folder.join(name), text).unwrap();
    write("passwd", "root:x:0:0:root:/root:/bin/sh\n");
    write("group", "root:x:0:\nfrrvty:x:0:root\n");
    write("vtysh.conf", "");
    write("zebra.conf", "");
    let pace = format!("transmit-interval 50\n  receive-interval 50\n  detect-multiplier {multiplier}");
    let peers = OURS.map(|peer| format!(" peer {peer}\n  {pace}\n !\n"));
    write("bfdd.conf", &format!("bfd\n{}{}!\n", peers[0], peers[1]));
    fs::create_dir_all("/run/frr").unwrap();
    let mount = |what: &Path, over: &str| {
        assert!(Command::new("mount").arg("--bind").arg(what).arg(over).status().unwrap().success(), "{over} cannot be replaced");
    };
    mount(&folder.join("passwd"), "/etc/passwd");
    mount(&folder.join("group"), "/etc/group");
    mount(folder, "/etc/frr");
}
