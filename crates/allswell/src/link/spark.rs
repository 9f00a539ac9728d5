//! Lines of small bars: one for each second, the newest to the right.

const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];

/// A second of which nothing is known.
const UNKNOWN: char = '·';

/// The bars of these values, the largest of them as high as can be, or `full` where that is more.
pub(crate) fn line(values: impl Iterator<Item = Option<f64>> + Clone, full: f64) -> String {
    let highest = values.clone().flatten().fold(full, f64::max);
    values.map(|value| value.map_or(UNKNOWN, |value| bar(value, highest))).collect()
}

/// Nothing is the lowest bar; what is more, however little, is higher.
fn bar(value: f64, highest: f64) -> char {
    if value <= 0.0 || highest <= 0.0 {
        return BARS[0];
    }
    let step = (value / highest * 7.0).ceil().clamp(1.0, 7.0);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped between 1 and 7")]
    let step = step as usize;
    BARS.get(step).copied().unwrap_or('█')
}

#[cfg(test)]
mod tests;
