//! Bytes in sentences: `80 of 200 kB`, `10 MiB`.

const STEPS: &[(u64, &str)] = &[(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];

/// `80 of 200 kB`; `80 kB` where the whole is not known.
pub(super) fn amount(part: u64, of: Option<u64>) -> String {
    let unit = STEPS.iter().find(|(size, _)| of.unwrap_or(part) >= *size);
    let (size, name) = unit.map_or((1, "bytes"), |(size, name)| (*size, *name));
    match of {
        Some(of) => format!("{} of {} {name}", figure(part, size), figure(of, size)),
        None => format!("{} {name}", figure(part, size)),
    }
}

/// A limit as it was typed: `10 MiB` stays what it is.
pub(super) fn limit(bytes: u64) -> String {
    match bytes {
        whole if whole > 0 && whole.is_multiple_of(1 << 20) => format!("{} MiB", whole >> 20),
        whole if whole > 0 && whole.is_multiple_of(1 << 10) => format!("{} KiB", whole >> 10),
        other => amount(other, None),
    }
}

/// At most one digit after the point, and none where it would be 0.
fn figure(bytes: u64, unit: u64) -> String {
    let tenths = bytes.saturating_mul(10) / unit;
    if tenths < 1_000 && !tenths.is_multiple_of(10) { format!("{}.{}", tenths / 10, tenths % 10) } else { (tenths / 10).to_string() }
}

#[cfg(test)]
mod tests;
