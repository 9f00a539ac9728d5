use super::*;

#[test]
fn labels_and_help_are_escaped() {
    let mut text = Text::default();
    text.family("allswell_x", Type::Gauge, "one\\two\nthree");
    text.sample("allswell_x", &[("target", "a\"b\\c\nd"), ("group", "<é>")], 1.5);
    text.single("allswell_y_total", Type::Counter, "y", 3.0);
    assert_eq!(
        text.finish(),
        "# HELP allswell_x one\\\\two\\nthree\n# TYPE allswell_x gauge\nallswell_x{target=\"a\\\"b\\\\c\\nd\",group=\"<é>\"} 1.5\n\
         # HELP allswell_y_total y\n# TYPE allswell_y_total counter\nallswell_y_total 3\n"
    );
}
