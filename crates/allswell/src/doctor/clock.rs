//! Whether this host knows what time it is, and whether its clocks run evenly.

use std::time::Duration;

use allswell_os::clock::{self, Discipline, Reading, discipline};
use time::OffsetDateTime;

use super::finding::{Finding, Where};
use super::proc;

const TOPIC: &str = "clock";

/// Clock sources that a program may read often; the others cost a visit to the hardware each time.
const FAST: &[&str] = &["tsc", "kvm-clock", "arch_sys_counter", "hyperv_clocksource_tsc_page", "riscv_clocksource", "xen"];

const SOURCE: &str = "/sys/devices/system/clocksource/clocksource0/current_clocksource";

/// An error above this shows: certificates and the order of events of several nodes are judged by this clock.
const TOLERABLE: Duration = Duration::from_secs(1);

/// 2026-01-01T00:00:00Z; no host that runs this program lives before it.
const EARLIEST_MICROS: i64 = 1_767_225_600_000_000;

pub(crate) fn findings(since: &Reading) -> Vec<Finding> {
    let now = clock::read();
    let mut findings = vec![match discipline() {
        Ok(told) => kept(told, now.wall_micros),
        Err(error) => Finding::note(TOPIC, format!("The kernel does not tell whether the clock is set by a reference ({error}).")),
    }];
    findings.push(even(since, &now));
    findings.extend(proc::text(SOURCE).map(|source| say_source(&source)));
    findings
}

/// Whether somebody keeps the wall clock right.
pub(crate) fn kept(told: Discipline, wall_micros: i64) -> Finding {
    let figures = |finding: Finding| {
        finding
            .figure("synchronised", told.synchronised)
            .figure("estimated_error_us", u64::try_from(told.estimated_error.as_micros()).unwrap_or(u64::MAX))
            .figure("maximal_error_us", u64::try_from(told.maximal_error.as_micros()).unwrap_or(u64::MAX))
            .figure("correction_ppm", told.correction_ppm)
    };
    let keeper = |finding: Finding| finding.remedy(Where::Root, "systemctl enable --now systemd-timesyncd  # or chrony");
    if wall_micros < EARLIEST_MICROS {
        let says = format!("It says {}, which cannot be: certificates are judged by it.", shown(wall_micros));
        return figures(keeper(Finding::trouble(TOPIC, says)));
    }
    let error = format!("estimated error {}, at most {}", length(told.estimated_error), length(told.maximal_error));
    if !told.synchronised {
        let says =
            format!("The kernel knows of nobody who keeps the wall clock right ({error}). Times of several nodes then do not compare.");
        return figures(keeper(Finding::note(TOPIC, says)));
    }
    let says = format!("Synchronised: {error}, speed corrected by {:.1} millionths.", told.correction_ppm);
    if told.maximal_error > TOLERABLE || told.correction_ppm.abs() > 400.0 {
        return figures(Finding::note(TOPIC, says).remedy(Where::User, "chronyc tracking || timedatectl timesync-status"));
    }
    figures(Finding::ok(TOPIC, says))
}

/// Both clocks were read some time apart: whether they tell the same stretch of time.
pub(crate) fn even(before: &Reading, now: &Reading) -> Finding {
    let wall = now.wall_micros.saturating_sub(before.wall_micros);
    let monotonic = i64::try_from(now.monotonic.saturating_sub(before.monotonic).as_micros()).unwrap_or(i64::MAX);
    let apart = wall.saturating_sub(monotonic);
    let slept = now.boottime.saturating_sub(now.monotonic);
    let sleep =
        if slept > Duration::from_secs(1) { format!(" This host slept for {} since it started.", length(slept)) } else { String::new() };
    let figures =
        |finding: Finding| finding.figure("apart_us", apart).figure("slept_ms", u64::try_from(slept.as_millis()).unwrap_or(u64::MAX));
    // A slew of 500 millionths over the seconds that this takes is far less.
    if apart.unsigned_abs() > 50_000 {
        let says = format!("The wall clock was set by {:.3} s while this ran: somebody moves it in steps.{sleep}", apart as f64 / 1e6);
        return figures(Finding::note(TOPIC, says).remedy(Where::User, "journalctl -b -u chrony -u systemd-timesyncd"));
    }
    figures(Finding::ok(TOPIC, format!("Wall clock and monotonic clock run alike.{sleep}")))
}

pub(crate) fn say_source(source: &str) -> Finding {
    let finding = if FAST.iter().any(|fast| source.starts_with(fast)) {
        Finding::ok(TOPIC, format!("The kernel's clock source is {source}."))
    } else {
        let says = format!("The kernel's clock source is {source}, which is slow to read: it costs time at each probe.");
        Finding::note(TOPIC, says)
            .remedy(Where::Root, "cat /sys/devices/system/clocksource/clocksource0/available_clocksource  # tsc among them?")
    };
    finding.figure("source", source)
}

fn shown(micros: i64) -> String {
    OffsetDateTime::from_unix_timestamp(micros.div_euclid(1_000_000)).map_or_else(|_| micros.to_string(), |time| time.date().to_string())
}

/// `0.25 ms`, `16 s`.
fn length(span: Duration) -> String {
    if span < Duration::from_secs(1) { format!("{:.2} ms", span.as_secs_f64() * 1e3) } else { format!("{:.0} s", span.as_secs_f64()) }
}
