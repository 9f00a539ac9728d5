//! From text to the parser's syntax tree, and its complaints in words of ours.

use cel::IdedExpr;
use cel::common::ast::SourceInfo;
use cel::parser::{ParseError, ParseErrors};

use crate::expect::refused::Refused;
use crate::expect::split;

/// Longer than anybody can review; it also bounds the parser's time and its stack.
pub(crate) const LENGTH_LIMIT: usize = 1000;

/// Brackets within brackets. The parser recurses into each, and without optimisation takes 100 kB of stack for it.
const NESTING_LIMIT: u16 = 8;

/// # Errors
/// Refuses what is empty, too long, too deep, or not CEL.
pub(crate) fn parse(source: &str) -> Result<(IdedExpr, SourceInfo), Refused> {
    if source.trim().is_empty() {
        return Err(Refused::new("an expectation must not be empty"));
    }
    if source.len() > LENGTH_LIMIT {
        return Err(Refused::new(format!("an expectation has at most {LENGTH_LIMIT} bytes; this one has {}", source.len()))
            .hint("write several expectations: all must hold"));
    }
    if split::depth(source) > usize::from(NESTING_LIMIT) {
        return Err(too_deep());
    }
    // An environment without macros: the checker sees `x.all(i, ..)` as it was written.
    let parser = cel::Env::default().parser().max_recursion_depth(NESTING_LIMIT).error_recovery_limit(2);
    parser.parse_with_source_info(source).map_err(|errors| refused(source, &errors))
}

fn refused(source: &str, errors: &ParseErrors) -> Refused {
    let Some(first) = errors.errors.iter().find(|error| error.pos.0 > 0) else {
        return too_deep();
    };
    let column = column(source, first);
    let byte = source.char_indices().nth(column - 1).map_or(source.len(), |(at, _)| at);
    let rest = source.get(byte..).unwrap_or_default();
    Refused { column: Some(column), ..complaint(&source[..byte], rest, &first.msg) }
}

fn too_deep() -> Refused {
    Refused::new(format!("it is nested more than {NESTING_LIMIT} deep")).hint("write several expectations: all must hold")
}

/// The parser counts lines and characters; a source of several lines is counted through.
fn column(source: &str, error: &ParseError) -> usize {
    let line = usize::try_from(error.pos.0).unwrap_or(1).max(1);
    let within = usize::try_from(error.pos.1).unwrap_or(1).max(1);
    let before: usize = source.split_inclusive('\n').take(line - 1).map(|line| line.chars().count()).sum();
    before + within
}

fn complaint(before: &str, rest: &str, message: &str) -> Refused {
    let word = leading_word(rest);
    if rest.trim().is_empty() {
        let open = if message.contains("missing ')'") { ": a `)` is missing" } else { "" };
        Refused::new(format!("it ends too early{open}"))
    } else if message.contains("literal") {
        Refused::new(format!("`{word}` is no number that can be held"))
    } else if message.contains("reserved identifier") {
        Refused::new(format!("`{word}` is a reserved word of CEL"))
    } else if rest.starts_with(['"', '\'']) && message.contains("token recognition") {
        Refused::new("a text is not closed, or holds a `\\` that escapes nothing").hint("in a pattern write r\"\\d+\"")
    } else {
        Refused::new(format!("`{word}` is not expected here")).or_hint(meant(before, rest))
    }
}

/// The first token, as far as it matters to a reader.
fn leading_word(rest: &str) -> &str {
    let in_word = |c: char| c.is_alphanumeric() || c == '_' || c == '.';
    let end = if rest.starts_with(in_word) { rest.find(|c| !in_word(c)) } else { rest.char_indices().nth(1).map(|(at, _)| at) };
    rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest)
}

/// What people write who come from another language.
fn meant(before: &str, rest: &str) -> Option<String> {
    let last = before.split_whitespace().next_back().unwrap_or_default();
    let hint = match (last, leading_word(rest)) {
        (_, "and") => "write && for and",
        (_, "or") => "write || for or",
        ("not", _) => "write ! for not",
        _ if rest.starts_with("=~") => "write .matches(\"...\")",
        _ if last.ends_with('<') && rest.starts_with('>') => "write != for unequal",
        (_, "=") => "write == to compare",
        (_, "&") => "write && for and",
        (_, "|") => "write || for or",
        _ => return None,
    };
    Some(hint.to_owned())
}
