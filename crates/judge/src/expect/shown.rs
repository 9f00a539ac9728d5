//! Values and sources as people read them: escaped, on one line, cut.

use std::fmt::{self, Write};

use crate::expect::value::Val;

/// A value longer than this many characters is cut.
const VALUE_WIDTH: usize = 80;

/// An expectation longer than this many characters is cut.
const SOURCE_WIDTH: usize = 120;

/// A value within a sentence.
pub(crate) fn shown(value: &Val<'_>) -> String {
    let mut line = Line::new(VALUE_WIDTH);
    // The only error is that the line is full, which is what it is for.
    let _ = line.value(value);
    line.finish()
}

/// An expectation within a sentence: spaces run together.
pub(crate) fn shown_source(source: &str) -> String {
    let mut line = Line::new(SOURCE_WIDTH);
    let words = source.split_whitespace().collect::<Vec<_>>().join(" ");
    let _ = line.escaped(&words, false);
    line.finish()
}

/// A name that came from outside, within a sentence.
pub(crate) fn shown_name(name: &str) -> String {
    let mut line = Line::new(VALUE_WIDTH);
    let _ = line.escaped(name, false);
    line.finish()
}

/// Text that stops growing when it is full, so that 10 MiB are never written out.
struct Line {
    text: String,
    left: usize,
}

impl Line {
    fn new(width: usize) -> Self {
        Self { text: String::new(), left: width }
    }

    fn finish(mut self) -> String {
        if self.left == 0 {
            self.text.push('…');
        }
        self.text
    }

    fn value(&mut self, value: &Val<'_>) -> fmt::Result {
        match value {
            Val::Null => self.write_str("null"),
            Val::Bool(v) => write!(self, "{v}"),
            Val::Integer(v) => write!(self, "{v}"),
            Val::Number(v) => self.number(*v),
            Val::Text(text) => {
                self.write_char('"')?;
                self.escaped(text, true)?;
                self.write_char('"')
            }
            Val::List(items) => {
                self.write_char('[')?;
                items.iter().enumerate().try_for_each(|(i, item)| self.separator(i).and_then(|()| self.value(&item)))?;
                self.write_char(']')
            }
            Val::Map(map) => {
                self.write_char('{')?;
                map.iter().enumerate().try_for_each(|(i, (key, item))| {
                    self.separator(i)?;
                    self.value(&Val::Text(key.as_str().into()))?;
                    self.write_str(": ")?;
                    self.value(&Val::from(item))
                })?;
                self.write_char('}')
            }
        }
    }

    /// Figures beyond any measurement are shown as powers of ten.
    fn number(&mut self, number: f64) -> fmt::Result {
        if number != 0.0 && number.is_finite() && !(1e-6..1e15).contains(&number.abs()) {
            write!(self, "{number:e}")
        } else {
            write!(self, "{number}")
        }
    }

    fn separator(&mut self, index: usize) -> fmt::Result {
        if index > 0 { self.write_str(", ") } else { Ok(()) }
    }

    fn escaped(&mut self, text: &str, quoted: bool) -> fmt::Result {
        text.chars().try_for_each(|c| match c {
            '"' if quoted => self.write_str("\\\""),
            '\\' if quoted => self.write_str("\\\\"),
            '"' | '\'' | '\\' => self.write_char(c),
            _ => c.escape_debug().try_for_each(|c| self.write_char(c)),
        })
    }
}

impl Write for Line {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        text.chars().try_for_each(|c| self.write_char(c))
    }

    fn write_char(&mut self, c: char) -> fmt::Result {
        self.left = self.left.checked_sub(1).filter(|left| *left > 0).ok_or(fmt::Error).inspect_err(|_| self.left = 0)?;
        self.text.push(c);
        Ok(())
    }
}
