//! Starts all situations side by side, and shows what each end saw.

#![expect(clippy::print_stdout, reason = "an example shows what it does")]

use std::env;
use std::io;
use std::process::{Child, Command, Output, Stdio};
use std::thread;

use crate::care::Care;
use crate::record::{DEED, LAST, PROBE, Record, Who};
use crate::scene::{Deed, END_MS, SCENES, Scene};

/// Namespaces as an ordinary user may make them; whatever runs inside ends with unshare(1).
const UNSHARE: [&str; 7] = ["--fork", "--user", "--map-root-user", "--net", "--mount", "--pid", "--kill-child"];

/// What the scenes need of them, tried beforehand; its complaint is shown where a machine forbids it.
const TRIAL: &str = "mount -t tmpfs none /run && ip link set lo up && ip netns add trial && ip link add v0 type veth peer name v1";

/// ip(8) keeps the names of namespaces under /run, and none may stay behind.
const SETTLE: &str = "mount -t tmpfs none /run && ip link set lo up && exec \"$@\"";

/// Columns that a line may have.
const WIDTH: usize = 110;

pub(crate) fn everything() -> io::Result<()> {
    let forbidden = forbidden();
    let (played, left_out): (Vec<&Scene>, Vec<&Scene>) = SCENES.iter().partition(|scene| forbidden.is_none() || !scene.hosts);
    if let Some(why) = &forbidden {
        println!("This machine forbids namespaces ({why}), so there is no cable to pull.");
        let names: Vec<&str> = left_out.iter().map(|scene| scene.name).collect();
        println!("Left out: {}. What follows runs on the loopback.\n", names.join(", "));
    }
    println!(
        "{} situations run side by side; in {} seconds you see what came of them. Each has connections with:\n",
        played.len(),
        END_MS / 1000 + 3
    );
    for care in Care::ALL {
        println!("   {care:<12} {}", wrapped(&care.prediction()?, 16).trim_start());
    }
    let (mut waiting, mut held) = (Vec::new(), Vec::new());
    for scene in played {
        let mut child = start(scene, forbidden.is_none())?;
        // A scene ends early when this is closed, as it is when we end.
        held.push(child.stdin.take());
        waiting.push((scene, thread::spawn(|| child.wait_with_output())));
    }
    let mut seen = Vec::new();
    for (number, (scene, output)) in (1..).zip(waiting) {
        let output = output.join().unwrap_or_else(|_| Err(io::Error::other("its output was not read")))?;
        let records = records(scene, &output)?;
        timeline(number, scene, &records);
        seen.push((scene, records));
    }
    summary(&seen);
    Ok(())
}

/// Why namespaces cannot be had.
fn forbidden() -> Option<String> {
    let tried = under_unshare(&["sh", "-c", TRIAL]).stdin(Stdio::null()).output();
    match tried {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(String::from_utf8_lossy(&output.stderr).trim().to_owned()),
        Err(error) => Some(format!("unshare(1) cannot be started: {error}")),
    }
}

fn under_unshare(command: &[&str]) -> Command {
    let mut unshare = Command::new("unshare");
    unshare.args(UNSHARE).args(command);
    unshare
}

fn start(scene: &Scene, hosts: bool) -> io::Result<Child> {
    let exe = env::current_exe()?;
    let exe = exe.to_str().ok_or_else(|| io::Error::other("the path of this program is not UTF-8"))?;
    let mut command = if hosts { under_unshare(&["sh", "-c", SETTLE, "sh", exe]) } else { Command::new(exe) };
    command.args(["scene", scene.name, if hosts { "hosts" } else { "loopback" }]);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()
}

fn records(scene: &Scene, output: &Output) -> io::Result<Vec<Record>> {
    if !output.status.success() {
        let why = String::from_utf8_lossy(&output.stderr);
        return Err(io::Error::other(format!("{} was not played ({}): {}", scene.name, output.status, why.trim())));
    }
    Ok(String::from_utf8_lossy(&output.stdout).lines().filter_map(Record::of).collect())
}

fn timeline(number: usize, scene: &Scene, records: &[Record]) {
    println!("\n{number}. {}", scene.title);
    println!("{}", wrapped(scene.moral, 3));
    for care in Care::ALL {
        println!("\n   {care}");
        for record in records.iter().filter(|record| record.care.is_none_or(|of| of == care)) {
            match (record.who, record.kind.as_str()) {
                (Who::Scene, _) if record.text == Deed::ClientAsks.words() => {}
                (Who::Scene, _) => line(record, "------", &format!("{} ------", record.text)),
                // An end stays what it is.
                (_, LAST) if records.iter().any(|other| other.kind != LAST && other.text == record.text) => {}
                (who, LAST) => line(record, who.word(), &format!("(the watching ends) {}", record.text)),
                (_, DEED) => line(record, record.who.word(), &record.text),
                _ if record.at_ms < 0 => {}
                (_, PROBE) if scene.client_sees => {}
                (who, _) => line(record, who.word(), &record.text),
            }
        }
    }
}

fn line(record: &Record, who: &str, text: &str) {
    let lead = format!("   {:>6.2} s  {who}  ", record.at_ms as f64 / 1e3);
    println!("{lead}{}", wrapped(text, lead.len()).trim_start());
}

/// Words in lines, all of them indented.
fn wrapped(text: &str, indent: usize) -> String {
    let mut lines = vec![String::new()];
    for word in text.split_whitespace() {
        if let Some(last) = lines.last_mut() {
            if last.len() + word.len() + indent < WIDTH {
                last.push_str(if last.is_empty() { "" } else { " " });
                last.push_str(word);
            } else {
                lines.push(word.to_owned());
            }
        }
    }
    let margin = " ".repeat(indent);
    lines.iter().map(|line| format!("{margin}{line}")).collect::<Vec<_>>().join("\n")
}

/// Who noticed, when, and what.
fn summary(seen: &[(&Scene, Vec<Record>)]) {
    println!("\nWhen it was noticed that the connection is not what it was (seconds since the fault)\n");
    println!("   {:<16} {:<12} {:<58} server", "", "", "client");
    for (scene, records) in seen {
        for (care, name) in Care::ALL.into_iter().zip(std::iter::once(scene.name).chain(std::iter::repeat(""))) {
            let [client, server] = [Who::Client, Who::Server].map(|who| noticed(records, care, who));
            println!("   {name:<16} {care:<12} {client:<58} {server}");
        }
    }
}

/// The first state that is neither alive nor idle, and the end of the connection when it came later.
fn noticed(records: &[Record], care: Care, who: Who) -> String {
    let told: Vec<&Record> = records.iter().filter(|record| record.care == Some(care) && record.who == who).collect();
    let states: Vec<&Record> =
        told.iter().copied().filter(|record| !["alive", "idle", DEED, LAST, PROBE].contains(&record.kind.as_str())).collect();
    let was_there = told.iter().any(|record| record.kind == LAST);
    let asked = told.iter().find(|record| record.kind == DEED && record.at_ms > 0).map(|record| record.at_ms);
    match (states.first(), states.last()) {
        (Some(first), Some(last)) => {
            let one = |record: &Record| {
                let asked = asked.filter(|asked| record.at_ms >= *asked).map_or("", |_| " (once asked)");
                format!("{:.1} {}{asked}", record.at_ms as f64 / 1e3, record.kind)
            };
            if first.kind == last.kind { one(first) } else { format!("{}, {}", one(first), one(last)) }
        }
        _ if was_there => format!("not in {} s", END_MS / 1000),
        // Stopped, gone, or not looked at.
        _ => "-".into(),
    }
}
