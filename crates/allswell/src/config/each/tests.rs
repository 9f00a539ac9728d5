use super::*;
use crate::config::source::{Source, Sources};
use crate::config::watch::Watched;
use crate::config::yaml;

fn expanded(text: &str) -> (Vec<Node>, Vec<String>) {
    let mut mistakes = Mistakes::default();
    let root = yaml::read(text, &Source::new("x", text), &mut mistakes).root.unwrap();
    let nodes = expand(&root, &mut mistakes);
    let report = mistakes.into_report(Sources::default(), Watched::default());
    (nodes, report.mistakes().iter().map(|mistake| mistake.message.clone()).collect())
}

#[test]
fn names_in_braces_are_found() {
    assert_eq!(names("tcp://{host}:{port}/${NOT}{}{a b}").collect::<Vec<_>>(), ["host", "port"]);
}

#[test]
fn every_text_of_a_copy_is_replaced() {
    let (nodes, mistakes) = expanded("{ url: 'tcp://{h}:1', each: { h: [a, b] }, expect: ['x == \"{h}\"'], labels: { of: '{h}' } }");
    assert_eq!(mistakes, [""; 0]);
    let mut texts = Vec::new();
    nodes[1].each_text(&mut |text| texts.push(text.text.as_str()));
    assert_eq!((nodes.len(), texts), (2, vec!["tcp://b:1", "x == \"b\"", "b"]));
}

#[test]
fn what_makes_no_sense_is_told() {
    for (each, message) in [
        ("", "`each` has no value"),
        ("x", "`each` takes keys with values, not a single value"),
        ("{ h: a }", "`h` takes a list of texts"),
        ("{ h: [] }", "`h` takes a list of texts"),
        ("{ h: [a], i: [b] }", "`i` is used nowhere in this target"),
    ] {
        let (_, mistakes) = expanded(&format!("url: 'tcp://{{h}}:1'\neach: {each}\n"));
        assert!(mistakes.iter().any(|one| one == message), "{each}: {mistakes:?}");
    }
    let many = vec!["a"; 400].join(", ");
    let (nodes, mistakes) = expanded(&format!("{{ url: '{{a}}{{b}}', each: {{ a: [{many}], b: [{many}] }} }}"));
    assert_eq!((nodes.len(), mistakes.as_slice()), (0, ["`each` makes more than 100000 targets of this one".to_owned()].as_slice()));
}
