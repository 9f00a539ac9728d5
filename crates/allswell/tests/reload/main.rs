//! Reading the configuration again, with the real program, real files and real targets on loopback.
#![expect(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test fails by panicking")]

mod many;
mod page;
mod post;
mod program;
mod world;

use std::fs;
use std::path::Path;

use rustix::process::Signal;
use serde_json::Value;

use page::Page;
use post::Post;
use program::{Program, until};

fn write(folder: &Path, targets: &str) {
    let text = format!("listen: 127.0.0.1:0\nstore: history\ndefaults: {{ every: 100ms, timeout: 80ms }}\ntargets:\n{targets}");
    fs::write(folder.join("allswell.yaml"), text).unwrap();
}

fn reloaded(page: &Page) {
    let (status, said) = page.reload();
    assert_eq!(status, 200, "{said}");
}

fn results(page: &Page, id: &str) -> usize {
    let id = id.replace('/', "%2F");
    page.json(&format!("/api/v1/targets/{id}/results?limit=1000"))["results"].as_array().map_or(0, Vec::len)
}

fn events_of<'a>(events: &'a [Value], id: &str) -> Vec<&'a str> {
    events.iter().filter(|event| event["target"] == id).map(|event| event["event"].as_str().unwrap()).collect()
}

#[test]
fn a_rename_keeps_the_history_with_an_id_and_begins_anew_without() {
    let folder = tempfile::tempdir().unwrap();
    let post = Post::new();
    let two = |with: &str, without: &str| {
        let url = format!("tcp://{}", post.address);
        write(folder.path(), &format!("  - {{ id: fixed, name: {with}, url: '{url}' }}\n  - {{ name: {without}, url: '{url}' }}\n"));
    };
    two("before", "old");
    let program = Program::start(folder.path());
    let page = Page::of(&program);
    until("some history", || match (results(&page, "fixed"), results(&page, "old")) {
        (fixed, old) if fixed >= 5 && old >= 5 => Ok(()),
        so_far => Err(format!("{so_far:?}")),
    });
    let since = page.target("fixed")["since_us"].clone();
    two("after", "new");
    reloaded(&page);
    until("both", || match (page.target("fixed")["name"].as_str(), results(&page, "new")) {
        (Some("after"), 1..) => Ok(()),
        so_far => Err(format!("{so_far:?}")),
    });
    assert!(results(&page, "fixed") >= 5 && page.target("fixed")["since_us"] == since, "{}", page.target("fixed"));
    let events = page.events();
    assert_eq!(events_of(&events, "fixed"), ["target_added", "transition"], "it was never away");
    assert_eq!(events_of(&events, "old"), ["target_added", "transition", "target_removed"]);
    assert_eq!(events_of(&events, "new").first(), Some(&"target_added"));
    assert!(page.ids().iter().eq(["fixed", "new"]), "{:?}", page.ids());
    program.end();
}

#[test]
fn mistakes_in_any_file_change_nothing_and_are_told_once() {
    let folder = tempfile::tempdir().unwrap();
    let post = Post::new();
    let extra = folder.path().join("conf.d/extra.yaml");
    fs::create_dir(folder.path().join("conf.d")).unwrap();
    write(folder.path(), &format!("  - {{ name: kept, url: 'tcp://{}' }}\ninclude: conf.d\n", post.address));
    let program = Program::start(folder.path());
    let page = Page::of(&program);
    assert!(program.said().contains("which holds no *.yaml or *.yml."), "{}", program.said());
    fs::write(&extra, "targets: [{ url: 'tcp://127.0.0.1:70000', evry: 1s }]\n").unwrap();
    until("the mistakes", || (program.times("Nothing was changed") == 1).then_some(()).ok_or_else(|| program.said()));
    for mistake in ["extra.yaml:1:18: tcp://127.0.0.1:70000 has a port outside", "extra.yaml:1:43: `evry`", "2 mistakes in"] {
        assert!(program.said().contains(mistake), "{}", program.said());
    }
    let (status, said) = page.reload();
    assert!((400..500).contains(&status) && said.contains("evry") && said.contains("70000"), "{status} {said}");
    let told = program.times("Nothing was changed");
    // Three more looks at files that did not change.
    let looks = post.connected() + 30;
    until("time to look again", || (post.connected() > looks).then_some(()).ok_or_else(|| post.connected().to_string()));
    assert_eq!(program.times("Nothing was changed"), told, "{}", program.said());
    assert!(page.ids().iter().eq(["kept"]));
    fs::write(&extra, "targets: [{ name: extra, url: 'tcp://127.0.0.1:1' }]\n").unwrap();
    until("the mended file", || page.ids().iter().eq(["extra", "kept"]).then_some(()).ok_or_else(|| program.said()));
    fs::remove_file(&extra).unwrap();
    until("the file that went away", || page.ids().iter().eq(["kept"]).then_some(()).ok_or_else(|| program.said()));
    assert_eq!(events_of(&page.events(), "kept"), ["target_added", "transition"]);
    program.end();
}

#[test]
fn a_signal_reads_again_at_once() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "  - { name: one, url: 'tcp://127.0.0.1:1' }\n");
    let program = Program::start(folder.path());
    let page = Page::of(&program);
    write(folder.path(), "  - { name: two, url: 'tcp://127.0.0.1:1' }\n");
    program.signal(Signal::HUP);
    until("the other target", || page.ids().iter().eq(["two"]).then_some(()).ok_or_else(|| program.said()));
    program.end();
}
