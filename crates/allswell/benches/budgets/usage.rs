//! What another process uses: processor time and resident memory, from `/proc`.

use std::fs;

use rustix::process::{Pid, WaitId, WaitIdOptions};

use crate::figures::Trouble;

/// Processor time of all threads that a process has now, in microseconds, to the nanosecond of the scheduler.
/// Threads that ended meanwhile are not in it, so this is for a program that keeps its threads.
pub(crate) fn cpu_of_threads(id: u32) -> Result<f64, Trouble> {
    let mut nanoseconds = 0.0;
    for thread in fs::read_dir(format!("/proc/{id}/task"))? {
        let text = fs::read_to_string(thread?.path().join("schedstat"))?;
        nanoseconds += text.split_ascii_whitespace().next().unwrap_or_default().parse::<f64>()?;
    }
    Ok(nanoseconds / 1000.0)
}

/// The kernel's tick in `/proc/PID/stat`: 100 a second on every Linux that Debian builds.
const TICK_US: f64 = 10_000.0;

/// Processor time of a process in microseconds, ended threads included, to the tick.
pub(crate) fn cpu(id: u32) -> Result<f64, Trouble> {
    let stat = fs::read_to_string(format!("/proc/{id}/stat"))?;
    // The command's name may hold spaces; what follows its closing bracket does not.
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let words: Vec<&str> = after_name.split_ascii_whitespace().collect();
    let ticks = |at: usize| words.get(at).and_then(|word| word.parse::<f64>().ok()).ok_or("no processor time in /proc");
    Ok((ticks(11)? + ticks(12)?) * TICK_US)
}

/// Waits until a child has ended and reads its processor time before it is reaped.
pub(crate) fn ended(id: u32) -> Result<f64, Trouble> {
    let pid = i32::try_from(id).ok().and_then(Pid::from_raw).ok_or("no process id")?;
    rustix::process::waitid(WaitId::Pid(pid), WaitIdOptions::EXITED | WaitIdOptions::NOWAIT)?;
    cpu(id)
}

/// Resident memory in MB of 10^6 bytes.
pub(crate) fn resident_mb(id: u32) -> Result<f64, Trouble> {
    let status = fs::read_to_string(format!("/proc/{id}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS in /proc")?;
    let kilobytes: f64 = line.split_ascii_whitespace().next().unwrap_or_default().parse()?;
    Ok(kilobytes * 1.024e-3)
}
