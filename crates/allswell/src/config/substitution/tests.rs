use std::io::Write;

use super::*;

fn filled(text: &str, folder: &Path) -> (Node, Mistakes) {
    let mut watched = Watched::default();
    let mut filling = Filling { variable: &|name| (name == "A").then(|| "1".to_owned()), folder, watched: &mut watched };
    let mut mistakes = Mistakes::default();
    let shape = Shape::Text(Text { text: text.to_owned(), ..Text::default() });
    let mut node = Node { at: Mark::default(), shape };
    filling.fill(&mut node, &mut mistakes);
    (node, mistakes)
}

fn text(node: &Node) -> &str {
    match &node.shape {
        Shape::Text(text) => &text.text,
        _ => "",
    }
}

#[test]
fn variables_are_filled_in_and_other_braces_stay() {
    for (written, read) in [("${A}", "1"), ("x${A}y${A}", "x1y1"), ("a{3}$", "a{3}$"), ("^${3}${A}", "^${3}1"), ("${", "${"), ("$A", "$A")]
    {
        let (node, mistakes) = filled(written, Path::new(""));
        assert_eq!((text(&node), mistakes.is_empty()), (read, true), "{written}");
    }
}

#[test]
fn files_are_read_without_their_last_line_break() {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(b"to\nken\r\n").unwrap();
    let folder = file.path().parent().unwrap();
    let name = file.path().file_name().unwrap().to_string_lossy();
    let (node, mistakes) = filled(&format!("${{file:{name}}}"), folder);
    assert_eq!((text(&node), mistakes.is_empty()), ("to\nken", true));
    assert_eq!(node.discreet("it was TO\nKEN"), format!("it was ${{file:{name}}}"));
}

#[test]
fn what_is_not_there_is_a_mistake() {
    assert!(!filled("${B}", Path::new("")).1.is_empty());
    assert!(!filled("${file:/nonexistent}", Path::new("")).1.is_empty());
}
