//! One probe, typed as an operator would, and what came of it.

#![expect(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::fs;
use std::path::PathBuf;
use std::time::{Duration, Instant};

use allswell_model::{Stage, TargetId, Timestamp, Value};
use allswell_probe::{Environment, Found, Mistake, Prepared, Raw};
use tempfile::TempDir;

/// How much later than its deadline a probe may end.
const GRACE: Duration = Duration::from_millis(50);

pub(crate) struct Probe {
    url: String,
    settings: Vec<(String, Raw)>,
    named: Vec<&'static str>,
    timeout: Duration,
    files: Option<TempDir>,
}

impl Probe {
    pub(crate) fn of(url: impl Into<String>) -> Self {
        Self { url: url.into(), settings: Vec::new(), named: Vec::new(), timeout: Duration::from_secs(5), files: None }
    }

    pub(crate) fn set(mut self, name: &str, value: &str) -> Self {
        self.settings.push((name.into(), Raw::Scalar(value.into())));
        self
    }

    pub(crate) fn map(mut self, name: &str, pairs: &[(&str, &str)]) -> Self {
        let pairs = pairs.iter().map(|(key, value)| ((*key).into(), Raw::Scalar((*value).into()))).collect();
        self.settings.push((name.into(), Raw::Map(pairs)));
        self
    }

    /// Sets a file with this content.
    pub(crate) fn file(mut self, name: &str, content: &str) -> Self {
        let folder = self.files.take().unwrap_or_else(|| TempDir::new().unwrap());
        let path: PathBuf = folder.path().join(name);
        fs::write(&path, content).unwrap();
        self.files = Some(folder);
        self.set(name, path.to_str().unwrap())
    }

    /// An expectation names this field.
    pub(crate) fn naming(mut self, field: &'static str) -> Self {
        self.named.push(field);
        self
    }

    pub(crate) fn within(mut self, ms: u64) -> Self {
        self.timeout = Duration::from_millis(ms);
        self
    }

    pub(crate) fn prepare(&self) -> Result<Prepared, Vec<Mistake>> {
        Prepared::new(&self.url, &self.settings, &[], &|field| self.named.contains(&field))
    }

    pub(crate) fn mistakes(&self) -> Vec<String> {
        self.prepare().unwrap_err().iter().map(ToString::to_string).collect()
    }

    /// Runs it. A busy machine may make it late once; a probe that does not keep its deadline is late each time.
    pub(crate) async fn run(self) -> Came {
        let prepared = self.prepare().unwrap_or_else(|mistakes| panic!("{mistakes:?}"));
        let target = TargetId::new("target").unwrap();
        let mut late = Vec::new();
        while late.len() < 3 {
            let begun = Instant::now();
            let found = prepared.run(&Environment::new(), &target, Timestamp(0), self.timeout).await;
            let took = begun.elapsed();
            if took <= self.timeout + GRACE {
                return Came(found);
            }
            late.push((took, found.result.reason));
        }
        panic!("too late for a deadline of {:?}: {late:?}", self.timeout);
    }
}

#[derive(Debug)]
pub(crate) struct Came(pub(crate) Found);

impl Came {
    pub(crate) fn reason(&self) -> &str {
        &self.0.result.reason
    }

    pub(crate) fn words(&self) -> String {
        let outcome = &self.0.result.outcome;
        let words = [Some(outcome.word()), outcome.stage().map(Stage::as_str), outcome.cause()];
        words.into_iter().flatten().collect::<Vec<_>>().join(" ")
    }

    /// Asserts outcome, stage and cause in this order: `down first_byte closed`.
    #[track_caller]
    pub(crate) fn is(self, words: &str) -> Self {
        assert_eq!(self.words(), words, "{}", self.reason());
        self
    }

    #[track_caller]
    pub(crate) fn says(self, part: &str) -> Self {
        assert!(self.reason().contains(part), "`{}` does not say `{part}`", self.reason());
        self
    }

    pub(crate) fn value(&self, field: &str) -> Option<Value> {
        self.0.fields().value(field).map(std::borrow::Cow::into_owned)
    }

    pub(crate) fn text(&self, field: &str) -> String {
        match self.value(field) {
            Some(Value::Text(text)) => text,
            other => panic!("`{field}` is {other:?}"),
        }
    }

    pub(crate) fn integer(&self, field: &str) -> i64 {
        match self.value(field) {
            Some(Value::Integer(number)) => number,
            other => panic!("`{field}` is {other:?}"),
        }
    }
}
