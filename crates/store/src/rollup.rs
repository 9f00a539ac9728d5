//! What a stretch of time amounts to for one target: counts, time per status, round trips; and its bytes.

use allswell_model::Status;

use crate::error::Malformed;
use crate::look::Look;
use crate::rows::RowRef;
use crate::sketch::Sketch;
use crate::varint::{self, Bytes};

/// The layout of a row of roll-ups: its first byte.
const VERSION: u8 = 1;

/// What a minute, an hour or a day amounts to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Rollup {
    /// How many results of each kind began in it.
    pub counts: Counts,
    /// For how long it had each status.
    pub time: Times,
    /// The round trips of its results.
    pub rtt: Sketch,
}

/// Results by what came of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Up, all warnings held.
    pub up: u64,
    /// Up, but a `warn` expectation failed.
    pub degraded: u64,
    /// The target's fault.
    pub down: u64,
    /// Ours.
    pub unknown: u64,
}

impl Counts {
    /// All of them.
    #[must_use]
    pub fn total(&self) -> u64 {
        self.up + self.degraded + self.down + self.unknown
    }

    fn parts(&mut self) -> [&mut u64; 4] {
        [&mut self.up, &mut self.degraded, &mut self.down, &mut self.unknown]
    }
}

/// Milliseconds per status.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Times {
    /// Status up.
    pub up_ms: u64,
    /// Status degraded.
    pub degraded_ms: u64,
    /// Status down.
    pub down_ms: u64,
    /// Status unknown, and the time in which nobody watched.
    pub unknown_ms: u64,
    /// Status paused.
    pub paused_ms: u64,
}

impl Times {
    /// All of it.
    #[must_use]
    pub fn total_ms(&self) -> u64 {
        self.observed_ms() + self.unknown_ms + self.paused_ms
    }

    /// The time of which something is known.
    #[must_use]
    pub fn observed_ms(&self) -> u64 {
        self.up_ms + self.degraded_ms + self.down_ms
    }

    /// The share of all time of which something is known; 0 for no time at all.
    #[must_use]
    pub fn coverage(&self) -> f64 {
        share(self.observed_ms(), self.total_ms()).unwrap_or(0.0)
    }

    /// The share of the observed time in which it was up; degraded counts as up. `None` when nothing was observed.
    #[must_use]
    pub fn uptime(&self) -> Option<f64> {
        share(self.up_ms + self.degraded_ms, self.observed_ms())
    }

    pub(crate) fn add(&mut self, status: Status, ms: u64) {
        let [up, degraded, down, unknown, paused] = self.parts();
        *match status {
            Status::Up => up,
            Status::Degraded => degraded,
            Status::Down => down,
            Status::Unknown => unknown,
            Status::Paused => paused,
        } += ms;
    }

    pub(crate) fn merge(&mut self, other: &Self) {
        let mut other = *other;
        self.parts().into_iter().zip(other.parts()).for_each(|(sum, part)| *sum = sum.saturating_add(*part));
    }

    fn parts(&mut self) -> [&mut u64; 5] {
        [&mut self.up_ms, &mut self.degraded_ms, &mut self.down_ms, &mut self.unknown_ms, &mut self.paused_ms]
    }
}

#[expect(clippy::cast_precision_loss, reason = "a share for people")]
fn share(part: u64, of: u64) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

impl Rollup {
    /// Adds another stretch of time.
    pub fn merge(&mut self, other: &Self) {
        let mut counts = other.counts;
        self.counts.parts().into_iter().zip(counts.parts()).for_each(|(sum, part)| *sum = sum.saturating_add(*part));
        self.time.merge(&other.time);
        self.rtt.merge(&other.rtt);
    }

    pub(crate) fn hear(&mut self, row: RowRef<'_>) {
        let [up, degraded, down, unknown] = self.counts.parts();
        *match row.shape.look() {
            Look::Up => up,
            Look::Degraded => degraded,
            Look::Down => down,
            Look::Unknown => unknown,
        } += 1;
        if let Some(rtt) = row.rtt_micros() {
            self.rtt.add_micros(u64::try_from(rtt).unwrap_or(0));
        }
    }

    fn write(&self, out: &mut Vec<u8>) {
        let (mut counts, mut time) = (self.counts, self.time);
        put_present(out, &counts.parts());
        put_present(out, &time.parts());
        self.rtt.write(out);
    }

    fn read(bytes: &mut Bytes<'_>) -> Result<Self, Malformed> {
        let mut rollup = Self::default();
        take_present(bytes, rollup.counts.parts())?;
        take_present(bytes, rollup.time.parts())?;
        rollup.rtt = Sketch::read(bytes)?;
        Ok(rollup)
    }
}

/// Most parts are 0: a byte tells which are there.
fn put_present(out: &mut Vec<u8>, parts: &[&mut u64]) {
    let present = parts.iter().enumerate().fold(0u8, |bits, (n, part)| if **part > 0 { bits | 1 << n } else { bits });
    out.push(present);
    parts.iter().filter(|part| ***part > 0).for_each(|part| varint::put(out, **part));
}

fn take_present<const N: usize>(bytes: &mut Bytes<'_>, parts: [&mut u64; N]) -> Result<(), Malformed> {
    let present = bytes.byte()?;
    if u32::from(present) >= 1 << N {
        return Err(Malformed("roll-up"));
    }
    for (n, part) in parts.into_iter().enumerate() {
        if present & (1 << n) != 0 {
            // More would not be a count of anything, and must not overflow a sum.
            *part = bytes.varint().ok().filter(|part| *part < 1 << 60).ok_or(Malformed("roll-up"))?;
        }
    }
    Ok(())
}

/// Writes roll-ups, each under its number: that of the minute in the hour, or 0.
pub(crate) fn encode(rollups: &[(u32, Rollup)]) -> Vec<u8> {
    let mut out = vec![VERSION];
    for (number, rollup) in rollups {
        varint::put(&mut out, u64::from(*number));
        rollup.write(&mut out);
    }
    varint::seal(&mut out);
    out
}

/// Reads what [`encode`] wrote.
pub(crate) fn decode(data: &[u8]) -> Result<Vec<(u32, Rollup)>, Malformed> {
    let mut bytes = varint::unseal(data)?;
    if bytes.byte()? != VERSION {
        return Err(Malformed("roll-up: its version is not known"));
    }
    let mut rollups = Vec::new();
    while !bytes.is_empty() {
        rollups.push((bytes.index()?, Rollup::read(&mut bytes)?));
    }
    Ok(rollups)
}

#[cfg(test)]
mod tests;
