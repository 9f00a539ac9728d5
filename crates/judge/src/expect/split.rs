//! Looks at the text of an expectation: how deep it is, and the parts of `a && b && c`, so that a sentence can quote
//! the one that failed.

/// The texts of what `&&` joins outermost, in order; brackets around several of them are left off.
/// The checker flattens the same chain; where the two differ in number the whole text is quoted instead.
pub(crate) fn conjuncts(source: &str) -> Vec<&str> {
    let source = unwrapped(source.trim());
    let tokens = tokens(source);
    let outermost =
        |wanted: &str| tokens.iter().filter(|token| token.depth == 0 && token.is(source, wanted)).map(|token| token.at).collect::<Vec<_>>();
    if !outermost("||").is_empty() || !outermost("?").is_empty() {
        return vec![source];
    }
    let cuts = outermost("&&");
    if cuts.is_empty() {
        return vec![source];
    }
    let starts = std::iter::once(0).chain(cuts.iter().map(|at| at + 2));
    let ends = cuts.iter().copied().chain(std::iter::once(source.len()));
    starts.zip(ends).filter_map(|(start, end)| source.get(start..end)).flat_map(conjuncts).collect()
}

/// How many brackets are open at most.
pub(crate) fn depth(source: &str) -> usize {
    tokens(source).iter().map(|token| token.depth).max().unwrap_or(0)
}

/// Without brackets that stand around all of it.
fn unwrapped(source: &str) -> &str {
    let inner = source.strip_prefix('(').and_then(|rest| rest.strip_suffix(')'));
    let closes_last =
        || tokens(source).iter().find(|token| token.depth == 0 && token.is(source, ")")).is_some_and(|token| token.at + 1 == source.len());
    match inner {
        Some(inner) if closes_last() => unwrapped(inner.trim()),
        _ => source,
    }
}

/// A sign outside of texts and comments.
struct Token {
    at: usize,
    /// How many brackets are open around it; a closing bracket stands with its opening one.
    depth: usize,
}

impl Token {
    fn is(&self, source: &str, wanted: &str) -> bool {
        source.get(self.at..).is_some_and(|rest| rest.starts_with(wanted))
    }
}

fn tokens(source: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut depth: usize = 0;
    let mut at = 0;
    while let Some(rest) = source.get(at..).filter(|rest| !rest.is_empty()) {
        let skipped = text_length(rest, raw(source, at)).or_else(|| comment_length(rest));
        if let Some(length) = skipped {
            at += length;
            continue;
        }
        let sign = rest.chars().next().unwrap_or(' ');
        if matches!(sign, ')' | ']' | '}') {
            depth = depth.saturating_sub(1);
        }
        tokens.push(Token { at, depth });
        if matches!(sign, '(' | '[' | '{') {
            depth += 1;
        }
        at += if rest.starts_with("&&") || rest.starts_with("||") { 2 } else { sign.len_utf8() };
    }
    tokens
}

/// Whether the quote at this place follows an `r`.
fn raw(source: &str, at: usize) -> bool {
    source.get(..at).is_some_and(|before| before.ends_with(['r', 'R']))
}

/// How long the quoted text is that begins here.
fn text_length(rest: &str, raw: bool) -> Option<usize> {
    let quote = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| rest.starts_with(quote))?;
    let mut at = quote.len();
    while let Some(inner) = rest.get(at..) {
        if inner.starts_with(quote) {
            return Some(at + quote.len());
        }
        let mut chars = inner.chars();
        let c = chars.next()?;
        at += c.len_utf8();
        if c == '\\' && !raw {
            at += chars.next()?.len_utf8();
        }
    }
    None
}

fn comment_length(rest: &str) -> Option<usize> {
    rest.starts_with("//").then(|| rest.find('\n').unwrap_or(rest.len()))
}
