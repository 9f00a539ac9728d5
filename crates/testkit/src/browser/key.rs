//! Keys that are no letters, as WebDriver numbers them (W3C WebDriver, section 17.4.2).

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// To the next element that can be focused.
    Tab,
    /// Follows a link, sends a form.
    Enter,
    /// One that bears a letter or a sign.
    Letter(char),
}

impl Key {
    pub(super) fn code(self) -> char {
        match self {
            Self::Tab => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::Letter(letter) => letter,
        }
    }
}
