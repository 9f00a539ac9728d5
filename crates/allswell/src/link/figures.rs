//! Figures of links in few letters, and the colour of a state.

use crate::paint::Paint;

/// Stands where nothing is known.
pub(crate) const NOTHING: &str = "-";

/// `0.213 ms`, `12.4 ms`, `3100 ms`: three digits that count.
pub(crate) fn milliseconds(ms: Option<f64>) -> String {
    match ms {
        None => NOTHING.to_owned(),
        Some(ms) if ms < 10.0 => format!("{ms:.3} ms"),
        Some(ms) if ms < 100.0 => format!("{ms:.1} ms"),
        Some(ms) => format!("{ms:.0} ms"),
    }
}

/// `0 %`, `0.3 %`, `100 %`. What is not nothing never reads so.
pub(crate) fn share(share: Option<f64>) -> String {
    match share.map(|share| share * 100.0) {
        None => NOTHING.to_owned(),
        Some(percent) if percent <= 0.0 => "0 %".to_owned(),
        Some(percent) if percent < 0.1 => "<0.1 %".to_owned(),
        Some(percent) if percent < 10.0 => format!("{percent:.1} %"),
        Some(percent) => format!("{percent:.0} %"),
    }
}

/// From one moment to a later one, by its two largest units: `3h12m`, `45s`.
pub(crate) fn age(from_us: i64, to_us: i64) -> String {
    let seconds = to_us.saturating_sub(from_us).max(0) / 1_000_000;
    let (days, hours, minutes) = (seconds / 86_400, seconds / 3_600 % 24, seconds / 60 % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds}s"),
        (0, 0, _) => format!("{minutes}m{:02}s", seconds % 60),
        (0, _, _) => format!("{hours}h{minutes:02}m"),
        _ => format!("{days}d{hours:02}h"),
    }
}

/// A text in the colour of a state: as that of a status, by how bad it is.
pub(crate) fn coloured(paint: Paint, state: &str, text: &str) -> String {
    match state {
        "up" => paint.good(text),
        "down" => paint.bad(text),
        "unmeasured" | "left" => paint.faint(text),
        _ => paint.warning(text),
    }
}

#[cfg(test)]
mod tests;
