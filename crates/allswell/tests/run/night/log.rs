//! The events as the test saw them, and what has to be true of them after a kill.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::pager::Told;
use crate::page::Page;

/// What the API has shown so far, by sequence number.
#[derive(Default)]
pub(super) struct Log {
    shown: BTreeMap<u64, Value>,
    cursor: Option<String>,
}

impl Log {
    pub(super) fn len(&self) -> usize {
        self.shown.len()
    }

    /// Reads what is new.
    pub(super) fn watch(&mut self, page: &Page) {
        let (events, cursor) = read(page, self.cursor.as_deref());
        self.cursor = cursor.or(self.cursor.take());
        for event in events {
            let seq = event["seq"].as_u64().unwrap();
            let newest = self.shown.last_key_value().map_or(0, |(seq, _)| *seq);
            assert!(seq > newest, "event {seq} came after {newest}: {event}");
            self.shown.insert(seq, event);
        }
    }

    /// After a start: all that was shown before is there unchanged and in order, and all that was told has its event.
    pub(super) fn compare(&mut self, page: &Page, told: &[Told], round: u64) {
        let mut kept = Log::default();
        loop {
            let before = kept.len();
            kept.watch(page);
            if kept.len() == before {
                break;
            }
        }
        for (seq, event) in &self.shown {
            assert_eq!(kept.shown.get(seq), Some(event), "round {round}: event {seq} was shown and is lost");
        }
        let (began, ended) = (kept.named("incident_began"), kept.named("incident_ended"));
        for told in told {
            let on_disk = if told.kind == "resolved" { &ended } else { &began };
            assert!(on_disk.contains(&told.incident), "round {round}: told before it was on disk: {told:?}");
        }
        *self = kept;
    }

    pub(super) fn incidents(&self) -> usize {
        self.named("incident_began").len()
    }

    /// What still has to come, in words; `None` when nothing is owed.
    pub(super) fn owed(&mut self, page: &Page, told: &[Told]) -> Option<String> {
        self.watch(page);
        let (began, ended) = (self.named("incident_began"), self.named("incident_ended"));
        if let Some(open) = began.difference(&ended).next() {
            return Some(format!("incident {open} has not ended"));
        }
        for (kind, incidents) in [("firing", &began), ("resolved", &ended)] {
            for incident in incidents {
                let keys: BTreeSet<_> =
                    told.iter().filter(|told| told.kind == kind && told.incident == *incident).map(|told| &told.key).collect();
                assert!(keys.len() < 2, "incident {incident} was told as {kind} under {keys:?}");
                if keys.is_empty() {
                    return Some(format!("nobody was told that incident {incident} is {kind}"));
                }
            }
        }
        None
    }

    fn named(&self, name: &str) -> BTreeSet<i64> {
        self.shown.values().filter(|event| event["event"] == name).filter_map(|event| event["incident"].as_i64()).collect()
    }
}

fn read(page: &Page, after: Option<&str>) -> (Vec<Value>, Option<String>) {
    let query = after.map(|cursor| format!("&after={cursor}")).unwrap_or_default();
    let text = page.get(&format!("/api/v1/events?limit=1000{query}"));
    let mut body: Value = serde_json::from_str(&text).unwrap_or_else(|error| panic!("{error}: {text:?}"));
    let Value::Array(events) = body["events"].take() else { panic!("no events in {text}") };
    (events, body["next"].as_str().map(str::to_owned))
}
