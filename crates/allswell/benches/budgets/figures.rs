//! Numbers with names, as one process of the bench tells them to another: `cpu_us=12.5 probes=1000`.

use std::collections::BTreeMap;
use std::error::Error;
use std::fmt;

/// What ends a measurement early: the bench says it and goes on with the next budget.
pub(crate) type Trouble = Box<dyn Error>;

/// What a contender measured.
#[derive(Debug, Clone, Default)]
pub(crate) struct Figures(BTreeMap<String, f64>);

impl Figures {
    pub(crate) fn with(mut self, name: &str, value: f64) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// Reads what [`fmt::Display`] wrote.
    pub(crate) fn parse(line: &str) -> Result<Self, Trouble> {
        let pair = |word: &str| -> Result<(String, f64), Trouble> {
            let (name, value) = word.split_once('=').ok_or_else(|| format!("no figures: {line}"))?;
            Ok((name.to_owned(), value.parse()?))
        };
        Ok(Self(line.split_ascii_whitespace().map(pair).collect::<Result<_, _>>()?))
    }

    /// A figure by its name.
    pub(crate) fn of(&self, name: &str) -> Result<f64, Trouble> {
        self.0.get(name).copied().ok_or_else(|| format!("no figure is called {name}").into())
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let pairs: Vec<String> = self.0.iter().map(|(name, value)| format!("{name}={value}")).collect();
        f.write_str(&pairs.join(" "))
    }
}

/// Of each figure the median over the rounds: one round that something else disturbed does not count.
pub(crate) fn medians(rounds: &[Figures]) -> Figures {
    let Some(first) = rounds.first() else { return Figures::default() };
    first.names().fold(Figures::default(), |all, name| all.with(name, median(rounds.iter().filter_map(|round| round.of(name).ok()))))
}

pub(crate) fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or(f64::NAN)
}
