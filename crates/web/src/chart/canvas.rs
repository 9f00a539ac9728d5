//! The measures of the drawing, which its parts share.

/// The width of the drawing, as the template's frame has it.
pub(super) const WIDTH: f64 = 720.0;
/// The height of the part that shows durations.
pub(super) const PLOT: f64 = 200.0;
/// The whole height: below the plot is a lane for what failed.
pub(super) const HEIGHT: f64 = 224.0;

/// The quantiles that are shown, in this order.
pub(super) const SHARES: [f64; 4] = [0.1, 0.5, 0.9, 0.99];

/// A coordinate with one digit behind the point, and none where it is 0.
pub(super) fn coordinate(value: f64) -> String {
    let tenths = (value * 10.0).round() / 10.0;
    format!("{tenths}")
}

/// The width of each of so many buckets.
#[expect(clippy::cast_precision_loss, reason = "a few hundred buckets")]
pub(super) fn width_of(count: usize) -> f64 {
    WIDTH / count.max(1) as f64
}

/// Where so many buckets end.
#[expect(clippy::cast_precision_loss, reason = "a few hundred buckets")]
pub(super) fn after(buckets: usize, width: f64) -> f64 {
    buckets as f64 * width
}
