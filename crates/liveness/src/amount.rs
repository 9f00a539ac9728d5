//! Sizes and counts as people read them.

/// Bytes, from a thousand on in kB.
pub(crate) fn bytes(count: u64) -> String {
    match count {
        1 => "1 byte".into(),
        0..1000 => format!("{count} bytes"),
        1000..1_000_000 => format!("{:.0} kB", count as f64 / 1e3),
        _ => format!("{:.1} MB", count as f64 / 1e6),
    }
}

/// A count with its noun.
pub(crate) fn count(number: u64, one: &str) -> String {
    match one.strip_suffix('y') {
        _ if number == 1 => format!("1 {one}"),
        Some(stem) => format!("{number} {stem}ies"),
        None => format!("{number} {one}s"),
    }
}

#[cfg(test)]
mod tests;
