//! A configuration of several files.

use std::fs;

use super::*;

struct Files(tempfile::TempDir);

impl Files {
    fn new(files: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        Self(folder)
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn read(&self) -> Result<Configuration, Report> {
        read_file(&self.path("allswell.yaml"))
    }

    fn good(&self) -> Configuration {
        self.read().unwrap_or_else(|report| panic!("{report}"))
    }

    /// `file:line:column message | hint`, the folder left out.
    fn mistakes(&self) -> Vec<String> {
        let report = self.read().unwrap_err();
        let folder = format!("{}/", self.0.path().display());
        let one = |mistake: &Mistake| {
            let hint = mistake.hint.as_ref().map(|hint| format!(" | {hint}")).unwrap_or_default();
            format!("{} {}{hint}", report.place(mistake), mistake.message).replace(&folder, "")
        };
        report.mistakes().iter().map(one).collect()
    }
}

fn names(read: &Configuration) -> Vec<String> {
    read.targets.iter().map(|plan| plan.target.name.to_string()).collect()
}

fn target(name: &str) -> String {
    format!("targets: [{{ name: {name}, url: 'tcp://127.0.0.1:1' }}]\n")
}

#[test]
fn files_and_folders_are_included_in_order() {
    let files = Files::new(&[
        ("allswell.yaml", "include: [b.yaml, conf.d]\ntargets: [{ name: first, url: 'tcp://127.0.0.1:1' }]\n"),
        ("b.yaml", &target("b")),
        ("conf.d/20.yml", &target("d20")),
        ("conf.d/10.yaml", &target("d10")),
        ("conf.d/.hidden.yaml", "no: yaml"),
        ("conf.d/readme.txt", "no yaml"),
        ("conf.d/deeper/30.yaml", "no: yaml"),
    ]);
    let read = files.good();
    assert_eq!(names(&read), ["first", "b", "d10", "d20"]);
    assert_eq!(read.warnings, [""; 0]);
    let origin = allswell_model::Origin::File { path: files.path("conf.d/10.yaml").display().to_string(), line: 1 };
    assert_eq!(read.targets[2].target.origin, origin);
}

#[test]
fn defaults_are_those_of_the_nearest_file_and_groups_are_everybodys() {
    let files = Files::new(&[
        (
            "allswell.yaml",
            "include: a/a.yaml\ndefaults: { every: 30s, timeout: 4s, labels: { of: first } }\ngroups: { g: { up_after: 5 } }\n",
        ),
        (
            "a/a.yaml",
            "include: [b.yaml]\ndefaults: { every: 20s, labels: { of: a } }\ntargets: [{ name: a, group: h, url: 'tcp://127.0.0.1:1' }]\n",
        ),
        ("a/b.yaml", "groups: { h: { every: 10s } }\ntargets: [{ name: b, group: g, url: 'tcp://127.0.0.1:1' }]\n"),
    ]);
    let read = files.good();
    let facts: Vec<String> = read
        .targets
        .iter()
        .map(|plan| {
            let policy = plan.target.policy;
            format!("{} {:?} {:?} {} {}", plan.target.name, policy.every, policy.timeout, policy.up_after, plan.target.labels["of"])
        })
        .collect();
    assert_eq!(facts, ["h/a 10s 4s 2 a", "g/b 20s 4s 5 a"]);
}

#[test]
fn all_mistakes_of_all_files_are_told_at_once() {
    let files = Files::new(&[
        (
            "allswell.yaml",
            "lisen: x\ninclude: [b.yaml, missing.yaml, conf.d]\ngroups: { g: {} }\ntargets: [{ name: a, url: 'tcp://x:1' }]\n",
        ),
        (
            "b.yaml",
            "listen: 127.0.0.1:1\ngrups: {}\ngroups:\n  g: {}\nchannels: { a: { type: exec, command: ['true'] } }\ntargets: [{ name: a, url: 'tcp://x:70000' }]\n",
        ),
        (
            "conf.d/c.yaml",
            "channels: { a: { type: exec, command: ['true'] } }\ntargets:\n  - { name: c, url: 'tcp://x:1', evry: 1s }\n  - &broken",
        ),
    ]);
    let found = files.mistakes();
    for start in [
        "allswell.yaml:1:1 `lisen` is not a key of the configuration",
        "allswell.yaml:2:19 missing.yaml: the file cannot be read (No such file or directory",
        "b.yaml:1:1 `listen` belongs to the first file, allswell.yaml, and not to one that is included | move it there",
        "b.yaml:2:1 `grups` is not a key of an included file | did you mean `groups`?",
        "b.yaml:4:3 `groups` has `g` twice; first in allswell.yaml:3",
        "b.yaml:6:19 two targets are called `a`; the first is in allswell.yaml:4",
        "b.yaml:6:27 tcp://x:70000 has a port outside 1 to 65535",
        "conf.d/c.yaml:1:13 `channels` has `a` twice; first in b.yaml:5",
        "conf.d/c.yaml:3:34 `evry` is not a key of a target",
    ] {
        assert!(found.iter().any(|one| one.starts_with(start)), "{start}: {found:#?}");
    }
    let summary = files.read().unwrap_err().to_string();
    assert!(summary.ends_with("mistakes in 3 files\n"), "{summary}");
}

#[test]
fn a_file_is_included_once_and_never_by_itself() {
    let files = Files::new(&[
        ("allswell.yaml", "include: [a.yaml, conf.d, ./conf.d/../a.yaml]\n"),
        ("a.yaml", "include: b.yaml\n"),
        ("b.yaml", "include: [a.yaml, allswell.yaml]\n"),
        ("conf.d/x.yaml", ""),
    ]);
    std::os::unix::fs::symlink("x.yaml", files.path("conf.d/y.yaml")).unwrap();
    assert_eq!(
        files.mistakes(),
        [
            "allswell.yaml:1:19 conf.d/y.yaml is included twice; first in line 1",
            "allswell.yaml:1:27 ./conf.d/../a.yaml is included twice; first in line 1",
            "b.yaml:1:11 a.yaml includes itself by this",
            "b.yaml:1:19 allswell.yaml includes itself by this",
        ]
    );
}

#[test]
fn what_lies_too_deep_is_not_read() {
    let chain: Vec<(String, String)> = (0..12).map(|n| (format!("f{n}.yaml"), format!("include: f{}.yaml\n", n + 1))).collect();
    let mut files: Vec<(&str, &str)> = chain.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
    files.push(("allswell.yaml", "include: f0.yaml\n"));
    let found = Files::new(&files).mistakes();
    assert_eq!(found, ["f7.yaml:1:10 files include each other more than 8 deep | include them from the first file"]);
}

#[test]
fn an_empty_folder_is_worth_a_note() {
    let files = Files::new(&[("allswell.yaml", "include: conf.d\n")]);
    fs::create_dir(files.path("conf.d")).unwrap();
    let notes = files.good().warnings;
    assert!(
        notes.len() == 1 && notes[0].contains("allswell.yaml:1 includes") && notes[0].ends_with("which holds no *.yaml or *.yml."),
        "{notes:?}"
    );
}

#[test]
fn what_is_included_must_be_a_path() {
    let files = Files::new(&[("allswell.yaml", "include: [{ a: b }, '', ~]\n")]);
    assert_eq!(
        files.mistakes(),
        [
            "allswell.yaml:1:11 `include` takes paths of files and folders, not a map",
            "allswell.yaml:1:21 a path is missing here | a file or a folder, such as conf.d",
            "allswell.yaml:1:25 a path is missing here | a file or a folder, such as conf.d",
        ]
    );
    let files = Files::new(&[("allswell.yaml", "include:\n")]);
    assert_eq!(files.mistakes(), ["allswell.yaml:1:1 `include` has no value | give one, or leave the key out"]);
}

#[test]
fn paths_begin_at_the_folder_of_their_file() {
    let files = Files::new(&[
        ("allswell.yaml", "include: sub/a.yaml\nstore: history\n"),
        ("sub/a.yaml", "targets: [{ name: a, url: '${file:url}' }]\n"),
        ("sub/url", "tcp://127.0.0.1:9\n"),
    ]);
    let read = files.good();
    assert_eq!(read.store, Some(files.path("history")));
    assert_eq!(read.targets[0].target.url, "${file:url}");
}

#[test]
fn one_file_cut_off_hides_no_mistakes_of_others_and_blames_none() {
    let files = Files::new(&[
        ("allswell.yaml", "include: [a.yaml, b.yaml]\n"),
        ("a.yaml", "groups: { g: { labels: { a: b }\ntargets: []\n"),
        ("b.yaml", "targets: [{ name: b, group: g, url: 'tcp://x:1', evry: 1s }]\n"),
    ]);
    let found = files.mistakes();
    assert!(
        found.iter().any(|one| one.starts_with("a.yaml:")) && found.iter().any(|one| one.starts_with("b.yaml:1:50 `evry`")),
        "{found:?}"
    );
    assert!(!found.iter().any(|one| one.contains("has no `g`")), "the group may stand in what was cut off: {found:?}");
}

#[test]
fn everything_that_was_looked_at_is_watched() {
    let files = Files::new(&[
        ("allswell.yaml", "include: [a.yaml, conf.d, later.yaml]\n"),
        ("a.yaml", "targets: [{ name: a, url: '${file:url}' }]\n"),
        ("url", "tcp://127.0.0.1:9\n"),
        ("conf.d/x.yaml", ""),
    ]);
    let later = || std::time::SystemTime::now() + Duration::from_secs(60);
    // The mistake is mended by a file that appears.
    let mut watched = files.read().unwrap_err().watched().clone();
    assert!(!watched.changed(later()));
    fs::write(files.path("later.yaml"), "").unwrap();
    assert!(watched.changed(later()));
    for changed in ["allswell.yaml", "a.yaml", "url", "conf.d/x.yaml", "later.yaml"] {
        let mut watched = files.good().watched;
        assert!(!watched.changed(later()), "{changed}");
        let text = fs::read_to_string(files.path(changed)).unwrap();
        fs::write(files.path(changed), text + "\n").unwrap();
        assert!(watched.changed(later()), "{changed}");
    }
    let mut watched = files.good().watched;
    fs::write(files.path("conf.d/y.yaml"), "").unwrap();
    assert!(watched.changed(later()), "one that appears in a folder");
}

#[test]
fn a_key_names_a_file_that_is_watched() {
    let files = Files::new(&[("allswell.yaml", "targets: [{ url: 'tls://127.0.0.1:1', tls: { ca: ca.pem } }]\n"), ("ca.pem", "none")]);
    let mut watched = files.read().unwrap_err().watched().clone();
    fs::write(files.path("ca.pem"), "another").unwrap();
    assert!(watched.changed(std::time::SystemTime::now() + Duration::from_secs(60)));
}

#[test]
fn what_stands_twice_is_checked_twice_and_hides_nothing() {
    let files = Files::new(&[
        (
            "allswell.yaml",
            "include: [a.yaml, allswell.yaml, a.yaml]\nchannels: { a: { type: exec, command: /bin/true } }\ngroups: { g: {} }\n",
        ),
        ("a.yaml", "channels: { a: { type: exec, command: none-of-ours } }\ngroups: { g: { alert: [nobody] } }\n"),
    ]);
    let told = files.mistakes().join("\n");
    for what in
        ["includes itself", "included twice", "`channels` has `a` twice", "none-of-ours", "`groups` has `g` twice", "has no `nobody`"]
    {
        assert!(told.contains(what), "{what}\n{told}");
    }
    assert_eq!(told.lines().count(), 6, "{told}");
}

#[test]
fn it_tells_which_files_it_was_read_from() {
    let files = Files::new(&[("allswell.yaml", "include: [conf.d]\n"), ("conf.d/a.yaml", &target("a"))]);
    let (_, explained) = explain_file(&files.path("allswell.yaml")).unwrap();
    let paths = [files.path("allswell.yaml"), files.path("conf.d/a.yaml")].map(|path| path.display().to_string());
    assert_eq!(yaml_of_all(&explained).lines().next().unwrap(), format!("# Read from {}.", paths.join(", ")));
    assert_eq!(json_of_all(&explained)["files"], serde_json::json!(paths));
}
