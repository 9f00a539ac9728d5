//! One line of `rows.txt`, and the comparison with what was read.

use std::time::Duration;

/// The lines of the file that are rows.
pub(crate) const TEXT: &str = include_str!("rows.txt");

/// How the columns are called, in the file's order; the name stands before them.
pub(crate) const COLUMNS: [&str; 11] =
    ["epoll", "state", "peername", "SO_ERROR", "peek", "order B", "epoll after", "sends", "waited", "verdict", "error queue"];

/// What is expected of one situation.
#[derive(Debug)]
pub(crate) struct Row {
    /// Its key and its name: `C03 refused RST`.
    pub(crate) name: &'static str,
    cells: [&'static str; COLUMNS.len()],
}

impl Row {
    /// Takes a line apart; `None` when it is a comment.
    fn parse(line: &'static str) -> Option<Self> {
        if line.starts_with('#') || line.trim().is_empty() {
            return None;
        }
        let (name, cells) = line.split_once('|').unwrap_or_else(|| panic!("no columns: {line}"));
        let cells: Vec<_> = cells.split('|').map(str::trim).collect();
        let cells = cells.try_into().unwrap_or_else(|cells: Vec<_>| panic!("{} columns: {line}", cells.len()));
        Some(Self { name: name.trim(), cells })
    }

    /// All rows.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        TEXT.lines().filter_map(Self::parse)
    }

    /// The row of this key: `C03`.
    pub(crate) fn of(key: &str) -> Self {
        Self::all().find(|row| row.key() == key).unwrap_or_else(|| panic!("{key} is no row of rows.txt"))
    }

    /// The first word of its name.
    pub(crate) fn key(&self) -> &'static str {
        self.name.split_whitespace().next().unwrap_or_default()
    }

    /// With what the name of its test begins: `c03_`.
    pub(crate) fn prefix(&self) -> String {
        format!("{}_", self.key().to_lowercase())
    }

    /// What a column says.
    pub(crate) fn cell(&self, column: &str) -> &'static str {
        let at = COLUMNS.iter().position(|known| *known == column).unwrap_or_else(|| panic!("{column} is no column"));
        self.cells[at]
    }

    /// Tells in one line how a column differs.
    pub(crate) fn differs(&self, column: &str, read: &str) -> Option<String> {
        let wanted = self.cell(column);
        (wanted != read).then(|| format!("{column}: the row says `{wanted}`, it was `{read}`"))
    }

    /// A time differs when it is more than a tenth off. The kernel's timers are coarser the longer they run, up to an eighth
    /// of what remains, but what a row says was measured with that.
    pub(crate) fn differs_in_time(&self, waited: &[Duration]) -> Option<String> {
        let cell = self.cell("waited");
        let wanted: f64 = match cell {
            "-" => return waited.first().map(|waited| format!("waited: {waited:?}, and the row says nothing")),
            seconds => seconds.parse().unwrap_or_else(|_| panic!("no seconds: {cell}")),
        };
        let off = |waited: &Duration| (waited.as_secs_f64() - wanted).abs() > wanted / 10.0;
        (waited.is_empty() || waited.iter().any(off)).then(|| format!("waited: the row says {wanted} s, it was {waited:?}"))
    }
}
