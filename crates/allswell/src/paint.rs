//! Colours on a terminal, and their absence everywhere else.

use std::io::IsTerminal;

use allswell_model::Outcome;

/// Whether text is coloured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paint {
    /// As it is: for files, pipes, and where NO_COLOR asks for it.
    Plain,
    /// With the terminal's own colours.
    Coloured,
}

const RED: &str = "31";
const GREEN: &str = "32";
const YELLOW: &str = "33";
const BOLD: &str = "1";
const FAINT: &str = "2";

impl Paint {
    /// What suits a stream: colours on a terminal, unless NO_COLOR is set or the terminal is dumb.
    #[must_use]
    pub fn for_stream(stream: &impl IsTerminal) -> Self {
        let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
        let dumb = std::env::var_os("TERM").is_none_or(|term| term == "dumb");
        if stream.is_terminal() && !set("NO_COLOR") && !dumb { Self::Coloured } else { Self::Plain }
    }

    fn in_code(self, code: &str, text: &str) -> String {
        match self {
            Self::Coloured if !text.is_empty() => format!("\u{1b}[{code}m{text}\u{1b}[0m"),
            _ => text.to_owned(),
        }
    }

    /// What matters most.
    #[must_use]
    pub fn bold(self, text: &str) -> String {
        self.in_code(BOLD, text)
    }

    /// What matters least.
    #[must_use]
    pub fn faint(self, text: &str) -> String {
        self.in_code(FAINT, text)
    }

    /// What is wrong.
    #[must_use]
    pub fn bad(self, text: &str) -> String {
        self.in_code(RED, text)
    }

    /// What is as it should be.
    #[must_use]
    pub fn good(self, text: &str) -> String {
        self.in_code(GREEN, text)
    }

    /// What deserves a look.
    #[must_use]
    pub fn warning(self, text: &str) -> String {
        self.in_code(YELLOW, text)
    }

    /// Text in the colour of an outcome: green, red, yellow.
    #[must_use]
    pub fn outcome(self, outcome: &Outcome, text: &str) -> String {
        let colour = match outcome {
            Outcome::Up => GREEN,
            Outcome::Down { .. } => RED,
            Outcome::Unknown { .. } => YELLOW,
        };
        self.in_code(colour, text)
    }
}

#[cfg(test)]
mod tests {
    use allswell_model::Outcome;

    use super::Paint;

    #[test]
    fn plain_text_stays_as_it_is() {
        assert_eq!(Paint::Plain.outcome(&Outcome::Up, "up"), "up");
        assert_eq!(Paint::Coloured.outcome(&Outcome::Up, "up"), "\u{1b}[32mup\u{1b}[0m");
        assert_eq!(Paint::Coloured.faint(""), "");
    }
}
