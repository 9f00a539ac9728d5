use super::*;
use crate::metrics::metric::Kind;

const X: Metric = Metric { name: "allswell_x", kind: Kind::Gauge, labels: &["target", "group"], unit: "", help: "one\\two\nthree" };
const Y: Metric = Metric { name: "allswell_y_total", kind: Kind::Counter, labels: &[], unit: "", help: "y" };

#[test]
fn labels_and_help_are_escaped() {
    let mut text = Text::default();
    text.family(&X);
    text.sample(&X, &["a\"b\\c\nd", "<é>"], 1.5);
    text.single(&Y, 3.0);
    assert_eq!(
        text.finish(),
        "# HELP allswell_x one\\\\two\\nthree\n# TYPE allswell_x gauge\nallswell_x{target=\"a\\\"b\\\\c\\nd\",group=\"<é>\"} 1.5\n\
         # HELP allswell_y_total y\n# TYPE allswell_y_total counter\nallswell_y_total 3\n"
    );
}
