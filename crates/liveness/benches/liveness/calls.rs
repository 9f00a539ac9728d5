//! The system calls of a process, counted by strace(1).

use std::fs;
use std::path::Path;

/// Those of the heartbeats themselves, which strace lets pass at full speed.
const OWN: &str = "trace=!sendto,write,recvfrom,read,epoll_wait,epoll_pwait,epoll_pwait2,epoll_ctl";

/// The words that start a program under strace; `None` where that is not installed.
pub(crate) fn within(log: &Path) -> Option<Vec<String>> {
    let installed = std::process::Command::new("strace").arg("--version").output().is_ok_and(|output| output.status.success());
    let words =
        ["strace", "--follow-forks", "--seccomp-bpf", "--absolute-timestamps=format:unix,precision:us", "--quiet=all", "-e", OWN, "-o"];
    installed.then(|| words.iter().map(|word| (*word).to_owned()).chain([log.display().to_string()]).collect())
}

/// How many calls of each name began within this time.
pub(crate) fn between(log: &Path, from: f64, to: f64) -> Vec<(String, usize)> {
    let text = fs::read_to_string(log).unwrap();
    let mut counted: Vec<(String, usize)> = Vec::new();
    // `PID TIME name(arguments) = result`; a call that another thread's interrupts is told in two lines, of which the second is `resumed`.
    for line in text.lines().filter(|line| !line.contains(" resumed>") && !line.contains("+++") && !line.contains("---")) {
        let mut words = line.split_whitespace().skip(1);
        let Some(at) = words.next().and_then(|word| word.parse::<f64>().ok()).filter(|at| (from..to).contains(at)) else { continue };
        let _ = at;
        let Some(name) = words.next().and_then(|word| word.split('(').next()) else { continue };
        match counted.iter_mut().find(|(known, _)| known == name) {
            Some((_, count)) => *count += 1,
            None => counted.push((name.to_owned(), 1)),
        }
    }
    counted.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    counted
}
