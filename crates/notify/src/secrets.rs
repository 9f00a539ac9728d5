//! What must not be shown, and foreign text that is shown without it.

/// A shorter text is no secret that anybody could keep, and would blank out half of every sentence.
const LEAST: usize = 4;
/// Pieces of a longer text, such as the parts of a path, are hidden on their own from this length.
const LEAST_PIECE: usize = 6;
const HIDDEN: &str = "***";

/// Texts that must not be shown. No `Debug`.
#[derive(Clone, Default)]
pub(crate) struct Secrets(Vec<String>);

impl Secrets {
    /// Adds a text, and the words of it.
    pub(crate) fn add(&mut self, text: &str) {
        self.add_words(text, |word| word.len() >= LEAST_PIECE);
    }

    /// Adds what is secret of a URL: all but its host. A short word of small letters in its path is a word.
    pub(crate) fn add_url(&mut self, text: &str) {
        self.push(text);
        if let Ok(url) = url::Url::parse(text) {
            for part in [url.username(), url.password().unwrap_or_default(), url.query().unwrap_or_default()] {
                self.add(part);
            }
            let is_word = |word: &str| word.len() < 16 && word.bytes().all(|byte| byte.is_ascii_lowercase());
            self.add_words(url.path(), |word| word.len() >= LEAST_PIECE && !is_word(word));
        }
    }

    /// Adds what looks like a key, or stands in a URL, in a text that is none.
    pub(crate) fn add_keys(&mut self, text: &str) {
        for word in text.split(|c: char| c.is_whitespace() || matches!(c, '"' | '\'' | '=')) {
            if word.contains("://") {
                self.add_url(word);
            }
        }
        for word in keys(text) {
            self.push(word);
        }
    }

    fn add_words(&mut self, text: &str, is_secret: impl Fn(&str) -> bool) {
        let decoded = String::from_utf8_lossy(&crate::client::decoded(text)).into_owned();
        for whole in [text, &decoded] {
            self.push(whole);
            for word in whole.split(|c: char| !is_of_word(c)).filter(|word| is_secret(word)) {
                self.push(word);
            }
        }
    }

    fn push(&mut self, secret: &str) {
        if secret.len() < LEAST || self.0.iter().any(|known| known == secret) {
            return;
        }
        // The longest first: it is to be replaced before a piece of it is.
        let at = self.0.partition_point(|known| known.len() > secret.len());
        self.0.insert(at, secret.to_owned());
    }

    /// Whether one of them stands in the text.
    pub(crate) fn stand_in(&self, text: &str) -> bool {
        self.0.iter().any(|secret| text.contains(secret))
    }

    /// The text with each of them blanked out.
    pub(crate) fn blanked(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, secret| text.replace(secret, HIDDEN))
    }
}

fn is_of_word(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '~' | '+' | '%')
}

/// What may be shown of a reply's body, for whoever mends a refused request; `sent` is the body that it answers.
///
/// A body that repeats anything of ours is not shown at all: what it repeats in a form that we do not know would slip through. HTML
/// says nothing in a line.
pub(crate) fn glimpse(body: &[u8], sent: &[u8], secrets: &Secrets) -> Option<String> {
    let text = String::from_utf8_lossy(body);
    let text = text.trim();
    if text.is_empty() || text.starts_with('<') || secrets.stand_in(text) || repeats(text, &String::from_utf8_lossy(sent)) {
        return None;
    }
    Some(one_line(text, 120))
}

/// Whether a key was in what we sent: a template may hold one.
fn repeats(text: &str, sent: &str) -> bool {
    keys(text).any(|word| sent.contains(word))
}

/// Words that look like keys: long, of letters and digits.
fn keys(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || matches!(c, '_' | '-')));
    words.filter(|word| word.len() >= 8 && word.contains(|c: char| c.is_ascii_digit()) && word.contains(|c: char| c.is_ascii_alphabetic()))
}

/// The first line that says something, cut, and nothing in it that a terminal would obey.
pub(crate) fn one_line(text: &str, at_most: usize) -> String {
    let line = text.lines().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let mut clean: String = printable(line).chars().take(at_most).collect();
    if line.chars().count() > at_most {
        clean.push_str("...");
    }
    clean
}

/// Foreign text without what breaks lines, ends a C string, or turns the order of what is shown.
pub(crate) fn printable(text: &str) -> String {
    let is_odd = |c: char| {
        c.is_control() || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().map(|c| if is_odd(c) { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests;
