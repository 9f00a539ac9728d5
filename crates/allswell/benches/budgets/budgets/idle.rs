//! The program itself with ten targets at the default interval, and nobody who looks at its page.

use std::fmt::Write as _;
use std::net::{Ipv4Addr, TcpListener};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use crate::blackbox::connected;
use crate::child::Running;
use crate::figures::Trouble;
use crate::mode::Mode;
use crate::server::Peers;
use crate::table::{Budget, Row};
use crate::{pause, usage};

const TARGETS: usize = 10;

pub(crate) fn program(mode: Mode) -> Result<Vec<Row>, Trouble> {
    let mut server = Running::role(&["serve", "tcp"])?;
    let folder = tempfile::tempdir()?;
    let page = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?;
    let mut configuration = format!("listen: {page}\nstore: {}\ntargets:\n", folder.path().display());
    let peers = Peers { port: server.port()? };
    (0..TARGETS).try_for_each(|index| writeln!(configuration, "  - url: tcp://{}", peers.peer(index)))?;
    let file = folder.path().join("allswell.yaml");
    std::fs::write(&file, configuration)?;
    let log = std::fs::File::create(folder.path().join("log"))?;
    let mut command = Command::new("setpriv");
    command.args(["--pdeathsig", "KILL", env!("CARGO_BIN_EXE_allswell"), "run", "--config"]).arg(&file);
    let program = Running::start(command.stdout(Stdio::null()).stderr(log))?;
    connected(page).map_err(|trouble| format!("{trouble}; {}", std::fs::read_to_string(folder.path().join("log")).unwrap_or_default()))?;
    pause(mode.seconds(1.0, 5.0));
    let (cpu, begun) = (usage::cpu_of_threads(program.id())?, Instant::now());
    // Twice each target's interval, or a glimpse.
    pause(mode.seconds(2.0, 30.0));
    let cpu = Duration::from_secs_f64((usage::cpu_of_threads(program.id())? - cpu) / 1e6);
    let share = cpu.as_secs_f64() / begun.elapsed().as_secs_f64() * 100.0;
    let what = |which: &str| format!("idle program, {TARGETS} targets: {which}");
    Ok(vec![
        Row::new(&what("resident"), usage::resident_mb(program.id())?, "MB").budget(Budget(20.0)),
        Row::new(&what("share of a core"), share, "%").budget(Budget(0.1)),
    ])
}
