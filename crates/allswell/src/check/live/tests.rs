use super::*;

#[test]
fn the_line_never_wraps() {
    let long = format!("https://{}", "x".repeat(200));
    let urls = [long.as_str(), "tcp://a:1"];
    let live = Live::new(&urls);
    assert_eq!(live.text(&[0, 1]).chars().count(), WIDTH);
    assert!(live.text(&[0, 1]).ends_with(" and 1 more"));
    assert!(live.text(&[1]).ends_with("s: waiting for tcp://a:1"));
}

#[test]
fn nothing_is_shown_without_a_terminal() {
    let mut live = Live { urls: &["tcp://a:1"], begun: Instant::now(), terminal: false, shown: false };
    live.show(&[0]);
    assert!(!live.shown);
}
