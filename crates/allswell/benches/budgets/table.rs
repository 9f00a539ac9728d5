//! The table that the bench prints: each figure beside its budget, the floor and the rivals.

use crate::say;

/// A budget, in the unit of the row.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Budget(pub(crate) f64);

/// One line of the table.
#[derive(Debug, Clone)]
pub(crate) struct Row {
    what: String,
    figure: Option<f64>,
    unit: &'static str,
    budget: Option<f64>,
    against: Option<(f64, String)>,
    note: String,
}

impl Row {
    pub(crate) fn new(what: &str, figure: f64, unit: &'static str) -> Self {
        Self { what: what.to_owned(), figure: Some(figure), unit, budget: None, against: None, note: String::new() }
    }

    /// What could not be measured here, and why.
    pub(crate) fn missing(what: &str, why: &str) -> Self {
        Self { what: what.to_owned(), figure: None, unit: "", budget: None, against: None, note: why.to_owned() }
    }

    pub(crate) fn budget(mut self, budget: Budget) -> Self {
        self.budget = Some(budget.0);
        self
    }

    /// The figure is so many times another one.
    pub(crate) fn against(mut self, other: f64, whose: &str) -> Self {
        self.against = Some((other, whose.to_owned()));
        self
    }

    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.note = note.into();
        self
    }

    /// Whether a budget was missed.
    pub(crate) fn is_missed(&self) -> bool {
        matches!((self.figure, self.budget), (Some(figure), Some(budget)) if figure > budget)
    }

    fn cells(&self) -> [String; 6] {
        let figure = self.figure.map_or_else(|| "-".into(), |figure| format!("{} {}", rounded(figure), self.unit));
        let verdict = match (self.figure, self.budget) {
            (Some(_), Some(_)) if self.is_missed() => "MISSED",
            (Some(_), Some(_)) => "met",
            _ => "",
        };
        let ratio = match (self.figure, &self.against) {
            (Some(figure), Some((other, whose))) => format!("{:.2} x {whose}", figure / other),
            _ => String::new(),
        };
        let budget = self.budget.map(|budget| format!("{} {}", rounded(budget), self.unit)).unwrap_or_default();
        [self.what.clone(), figure, budget, verdict.into(), ratio, self.note.clone()]
    }
}

/// Three figures that count.
fn rounded(figure: f64) -> String {
    match figure.abs() {
        0.0 => "0".into(),
        size if size >= 100.0 => format!("{figure:.0}"),
        size if size >= 10.0 => format!("{figure:.1}"),
        size if size >= 1.0 => format!("{figure:.2}"),
        _ => format!("{figure:.3}"),
    }
}

const TITLES: [&str; 6] = ["what", "figure", "budget", "", "ratio", "note"];

/// Prints the rows, each column as wide as its widest cell.
pub(crate) fn print(rows: &[Row]) {
    let mut lines: Vec<[String; 6]> = vec![TITLES.map(str::to_owned)];
    lines.extend(rows.iter().map(Row::cells));
    let widths = std::array::from_fn::<usize, 6, _>(|column| {
        lines.iter().filter_map(|line| line.get(column)).map(|cell| cell.chars().count()).max().unwrap_or(0)
    });
    for line in &lines {
        let cells: Vec<String> = line.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}")).collect();
        say(cells.join("  ").trim_end());
    }
}
