//! Keys that are no letters, as WebDriver numbers them (W3C WebDriver, section 17.4.2).

/// A key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Key {
    /// To the next element that can be focused.
    Tab,
    /// Follows a link, sends a form.
    Enter,
    /// An arrow to the left.
    Left,
    /// An arrow to the right.
    Right,
    /// To the first of several.
    Home,
    /// To the last of several.
    End,
    /// One that bears a letter or a sign.
    Letter(char),
}

impl Key {
    pub(super) fn code(self) -> char {
        match self {
            Self::Tab => '\u{e004}',
            Self::Enter => '\u{e007}',
            Self::End => '\u{e010}',
            Self::Home => '\u{e011}',
            Self::Left => '\u{e012}',
            Self::Right => '\u{e014}',
            Self::Letter(letter) => letter,
        }
    }
}
