//! Bytes in sentences: `80 of 200 kB`, `10 MiB`.

const STEPS: &[(u64, &str)] = &[(1_000_000_000, "GB"), (1_000_000, "MB"), (1_000, "kB")];

/// `80 of 200 kB`, or `5 B of 200 kB` where the part is less than one unit of the whole; `80 kB` where the whole is not known.
pub(super) fn amount(part: u64, of: Option<u64>) -> String {
    let (size, name) = unit(of.unwrap_or(part), "bytes");
    match of {
        Some(of) if part > 0 && part < size => {
            let (small, small_name) = unit(part, "B");
            format!("{} {small_name} of {} {name}", figure(part, small), figure(of, size))
        }
        Some(of) => format!("{} of {} {name}", figure(part, size), figure(of, size)),
        None => format!("{} {name}", figure(part, size)),
    }
}

/// The largest unit of which there is at least one.
fn unit(bytes: u64, least: &'static str) -> (u64, &'static str) {
    STEPS.iter().find(|(size, _)| bytes >= *size).copied().unwrap_or((1, least))
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
