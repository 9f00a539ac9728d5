//! How well the wall clock is kept by whoever disciplines it (chronyd, systemd-timesyncd, ntpd, the host of a guest).

use std::io;
use std::time::Duration;

/// What the kernel says of its wall clock (`adjtimex(2)`, read only).
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Discipline {
    /// Somebody sets it by a reference (`STA_UNSYNC` is clear).
    pub synchronised: bool,
    /// How far it is off, as whoever disciplines it guesses.
    pub estimated_error: Duration,
    /// How far it is off at most; it grows by 0.5 ms a second while nobody tells better, up to 16 s.
    pub maximal_error: Duration,
    /// By how many millionths its speed is corrected; 500 is as much as the kernel can.
    pub correction_ppm: f64,
}

/// Reads it; changes nothing and needs no privilege.
///
/// # Errors
/// When a sandbox forbids the call.
pub fn discipline() -> io::Result<Discipline> {
    // SAFETY: `timex` is plain integers, for which all zeroes are valid; `modes` zero asks to change nothing.
    let mut told: libc::timex = unsafe { std::mem::zeroed() };
    // SAFETY: `told` is a valid `timex`, writable for the call.
    if unsafe { libc::adjtimex(&raw mut told) } < 0 {
        return Err(io::Error::last_os_error());
    }
    Ok(of(&told))
}

fn of(told: &libc::timex) -> Discipline {
    let micros = |value: libc::c_long| Duration::from_micros(u64::try_from(value).unwrap_or(0));
    #[expect(clippy::cast_precision_loss, reason = "at most 500 times 65536")]
    let correction_ppm = told.freq as f64 / 65_536.0;
    Discipline {
        synchronised: told.status & libc::STA_UNSYNC == 0,
        estimated_error: micros(told.esterror),
        maximal_error: micros(told.maxerror),
        correction_ppm,
    }
}

#[cfg(test)]
mod tests;
