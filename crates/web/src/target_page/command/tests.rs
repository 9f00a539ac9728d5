use super::*;
use crate::sample;

fn of(url: &str) -> String {
    repeat(&sample::target("", "x", url))
}

#[test]
fn it_can_be_pasted_into_a_shell() {
    assert_eq!(of("tcp://10.0.0.5:5432"), "allswell check --timeout 5s tcp://10.0.0.5:5432");
    assert_eq!(of("https://x/?a=b&c=$(id)"), "allswell check --timeout 5s 'https://x/?a=b&c=$(id)'");
    assert_eq!(of("tcp://[::1]:80"), "allswell check --timeout 5s 'tcp://[::1]:80'");
    assert_eq!(of("https://x/'; rm"), r"allswell check --timeout 5s 'https://x/'\''; rm'");
}

#[test]
fn parts_of_seconds_are_milliseconds() {
    assert_eq!(span(Duration::from_millis(250)), "250ms");
    assert_eq!(span(Duration::from_secs(90)), "90s");
}
