//! The line that says what is still awaited, on a terminal and only there.

use std::io::{self, IsTerminal};
use std::time::Instant;

use crate::config::visible;
use crate::out;

/// One line of the narrowest usual terminal; a longer one would wrap and could not be cleared.
const WIDTH: usize = 79;

/// A line on stderr that is overwritten.
#[derive(Debug)]
pub(crate) struct Live<'a> {
    urls: &'a [&'a str],
    begun: Instant,
    terminal: bool,
    shown: bool,
}

impl<'a> Live<'a> {
    pub(crate) fn new(urls: &'a [&'a str]) -> Self {
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        Self { urls, begun: Instant::now(), terminal: io::stderr().is_terminal() && !dumb, shown: false }
    }

    /// Shows which targets are awaited, by their index.
    pub(crate) fn show(&mut self, pending: &[usize]) {
        if self.terminal {
            out::complain(&format!("\r\u{1b}[K{}", self.text(pending)));
            self.shown = true;
        }
    }

    fn text(&self, pending: &[usize]) -> String {
        let first = pending.first().and_then(|index| self.urls.get(*index)).copied().unwrap_or_default();
        let others = if pending.len() > 1 { format!(" and {} more", pending.len() - 1) } else { String::new() };
        let head = format!("{:.1} s: waiting for ", self.begun.elapsed().as_secs_f64());
        let room = WIDTH.saturating_sub(head.len() + others.len());
        format!("{head}{}{others}", visible(first).chars().take(room).collect::<String>())
    }

    /// Leaves the line empty.
    pub(crate) fn clear(&mut self) {
        if std::mem::take(&mut self.shown) {
            out::complain("\r\u{1b}[K");
        }
    }
}

#[cfg(test)]
mod tests;
