//! Takes HTML apart just far enough to tell what is markup and what is text, as a browser would.

/// A tag with the names of its attributes, and the values of those that lead somewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Tag {
    pub(super) name: String,
    pub(super) attributes: Vec<String>,
    pub(super) leads: Vec<String>,
}

/// The attributes that a browser follows or loads.
const LEADING: &[&str] = &["href", "src", "action", "formaction", "xlink:href", "data", "poster", "content"];

/// All tags in their order. Comments, processing instructions and anything unfinished are refused: our pages have none.
pub(super) fn tags(page: &str) -> Vec<Tag> {
    let mut tags = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let begins = rest.trim_start_matches(['/', '!']);
        assert!(begins.starts_with(|c: char| c.is_ascii_alphabetic()), "a bare `<` before {:?}", &rest[..rest.len().min(40)]);
        let (tag, after) = one(rest);
        // What stands in these is no markup; ours are empty.
        assert!(!matches!(tag.name.as_str(), "script" | "style" | "textarea") || after.starts_with("</"), "{tag:?}");
        tags.push(tag);
        rest = after;
    }
    tags
}

/// The tag that begins here, and what follows its `>`.
fn one(text: &str) -> (Tag, &str) {
    let end = text.find(|c: char| c.is_whitespace() || c == '>').unwrap();
    let (name, mut rest) = text.split_at(end);
    let mut tag = Tag { name: name.to_ascii_lowercase(), attributes: Vec::new(), leads: Vec::new() };
    loop {
        rest = rest.trim_start_matches(|c: char| c.is_whitespace() || c == '/');
        if let Some(after) = rest.strip_prefix('>') {
            return (tag, after);
        }
        let end = rest.find(|c: char| c.is_whitespace() || matches!(c, '=' | '>')).unwrap();
        let (attribute, after) = rest.split_at(end);
        let attribute = attribute.to_ascii_lowercase();
        rest = after;
        let mut value = "";
        if let Some(after) = rest.strip_prefix("=\"") {
            let end = after.find('"').unwrap();
            (value, rest) = (&after[..end], &after[end + 1..]);
        } else {
            assert!(!rest.starts_with('='), "{attribute} has a value without quotes");
        }
        if LEADING.contains(&attribute.as_str()) {
            tag.leads.push(value.to_owned());
        }
        tag.attributes.push(attribute);
    }
}

#[test]
fn markup_is_told_from_text() {
    let found = tags("<p class=\"a>b\" hidden>x &lt;i&gt; <a href=\"/y\">z</a></p>");
    let names: Vec<_> = found.iter().map(|tag| tag.name.as_str()).collect();
    assert_eq!(names, ["p", "a", "/a", "/p"]);
    assert_eq!((found[0].attributes.join(" "), &found[1].leads[0]), ("class hidden".to_owned(), &"/y".to_owned()));
}
