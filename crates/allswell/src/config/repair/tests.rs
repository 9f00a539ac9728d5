use super::*;

#[test]
fn values_begin_behind_dashes_and_keys() {
    for (line, value) in
        [("  - \"a\" == b", "\"a\" == b"), ("  expect: 'a' == b", "'a' == b"), ("- - key:  @x", "@x"), ("plain", "plain"), ("- a:b", "a:b")]
    {
        assert_eq!(&line[value_start(line)..], value, "{line}");
    }
}

#[test]
fn comments_end_a_value_outside_of_quotes_alone() {
    assert_eq!(without_comment("\"a #b\" == c # note"), "\"a #b\" == c");
    assert_eq!(without_comment("a#b  "), "a#b");
}

#[test]
fn expectations_are_known_by_the_key_above() {
    let lines: Vec<String> = ["a:", "  expect:", "  - x", "", "  - y", "    - z", "  warn: w", "  url: u", "    - v"]
        .iter()
        .map(|line| (*line).to_owned())
        .collect();
    let found: Vec<usize> = (1..=lines.len()).filter(|number| is_expectation(&lines, *number)).collect();
    assert_eq!(found, [2, 3, 5, 7]);
}

#[test]
fn what_cannot_be_repaired_ends_the_reading() {
    let text = "store: a\nnode: { name: x\nlisten: b\n";
    let source = Source::new("x", text);
    let mut mistakes = Mistakes::default();
    let tree = read(text, &source, &mut mistakes);
    assert!(!tree.whole && !mistakes.is_empty());
    assert!(tree.root.is_some(), "what stands above is kept");
}
