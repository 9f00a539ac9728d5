use std::collections::BTreeSet;

use super::*;

#[test]
fn names_are_prometheus_own_way_of_naming() {
    let names: BTreeSet<_> = METRICS.iter().map(|metric| metric.name).collect();
    assert_eq!(names.len(), METRICS.len(), "one stands twice");
    for Metric { name, kind, labels, unit, help } in METRICS {
        assert!(
            name.starts_with("allswell_") && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_'),
            "{name}"
        );
        assert_eq!(name.ends_with("_total"), *kind == Kind::Counter, "{name}");
        assert_eq!(name.ends_with("_seconds"), unit.starts_with("seconds"), "{name}: {unit}");
        assert_eq!(name.ends_with("_bytes"), *unit == "bytes", "{name}: {unit}");
        assert!(help.ends_with('.') && !help.contains('|'), "{name}: {help}");
        assert!(!labels.contains(&"le"), "{name}");
    }
}

#[test]
fn the_page_has_a_line_for_each() {
    let page = metrics_reference();
    assert!(METRICS.iter().all(|metric| page.contains(&format!("| `{}` | {} |", metric.name, metric.kind.word()))), "{page}");
    let line = "| `allswell_alerts_delivered_total` | counter | alerts | `channel` | Alerts that the other side took. |\n";
    assert!(page.contains(line), "{page}");
}
