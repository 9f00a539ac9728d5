//! How long something lasted, as people say it.

use std::time::Duration;

/// In at most two units: `4 s`, `3 min`, `2 h 5 min`, `3 d 4 h`.
pub(crate) fn lasted(span: Duration) -> String {
    let seconds = span.as_secs();
    let two = |whole: (u64, &str), rest: (u64, &str)| match rest.0 {
        0 => format!("{} {}", whole.0, whole.1),
        _ => format!("{} {} {} {}", whole.0, whole.1, rest.0, rest.1),
    };
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3_600 => format!("{} min", seconds / 60),
        3_600..86_400 => two((seconds / 3_600, "h"), (seconds % 3_600 / 60, "min")),
        _ => two((seconds / 86_400, "d"), (seconds % 86_400 / 3_600, "h")),
    }
}

#[cfg(test)]
mod tests;
