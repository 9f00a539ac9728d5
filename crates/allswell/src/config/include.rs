//! `include`: a configuration is made of files, and of folders of files, which may include others.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use super::mistake::Mistakes;
use super::repair;
use super::secrets;
use super::source::{Source, Sources};
use super::substitution::Filling;
use super::text::{self, SIZE_LIMIT};
use super::tree::{Mark, Node, Shape};
use super::watch::Watched;

/// Files within files within files: nobody finds a target that lies deeper.
const DEPTH_LIMIT: usize = 8;
/// So many files are looked at once a second without being felt.
const FILES_LIMIT: usize = 10_000;

/// One file of a configuration.
#[derive(Debug)]
pub(crate) struct Part {
    pub(crate) root: Option<Node>,
    /// Where relative paths begin.
    pub(crate) folder: PathBuf,
    /// The number of the file that includes it; `None` of the first.
    pub(crate) within: Option<usize>,
}

/// All files of a configuration, each a tree with everything filled in.
#[derive(Debug, Default)]
pub(crate) struct Gathered {
    pub(crate) parts: Vec<Part>,
    pub(crate) sources: Sources,
    pub(crate) watched: Watched,
    /// Whether every file was found and read to its end; where not, nothing is missed that may stand there.
    pub(crate) whole: bool,
    pub(crate) warnings: Vec<String>,
    pub(crate) mistakes: Mistakes,
}

/// A file before it is read.
pub(crate) struct Wanted {
    /// As the operator knows it.
    pub(crate) name: String,
    /// Where it lies, where it does.
    pub(crate) path: Option<PathBuf>,
    pub(crate) text: Result<String, String>,
    pub(crate) folder: PathBuf,
}

/// Gathers a file and all that it includes.
pub(crate) fn gather(first: Wanted, variable: &dyn Fn(&str) -> Option<String>, watched: Watched) -> Gathered {
    let gathered = Gathered { whole: true, watched, ..Gathered::default() };
    let mut gatherer = Gatherer { gathered, variable, known: BTreeMap::new(), open: Vec::new(), bytes: 0 };
    if let Some(path) = &first.path {
        gatherer.known.insert(true_path(path), Mark::default());
    }
    gatherer.add(first, None);
    gatherer.gathered
}

struct Gatherer<'a> {
    gathered: Gathered,
    variable: &'a dyn Fn(&str) -> Option<String>,
    /// Every file with the place that includes it.
    known: BTreeMap<PathBuf, Mark>,
    /// The files that are being read, from the first to the innermost.
    open: Vec<PathBuf>,
    bytes: u64,
}

/// The path by which one file is known, however it was named.
fn true_path(path: &Path) -> PathBuf {
    std::fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

impl Gatherer<'_> {
    fn add(&mut self, wanted: Wanted, within: Option<usize>) {
        let Wanted { name, path, text, folder } = wanted;
        let mut mistakes = Mistakes::default();
        let text = self.bounded(text).unwrap_or_else(|why| {
            mistakes.add(Mark::default(), why);
            self.gathered.whole = false;
            String::new()
        });
        let source = Source::new(&name, &text);
        let tree = repair::read(&text, &source, &mut mistakes);
        self.gathered.whole &= tree.whole;
        let file = self.gathered.sources.add(source);
        let mut root = tree.root;
        if let Some(root) = &mut root {
            root.belongs_to(file);
            secrets::hide(root, &mut self.gathered.sources);
            let mut filling = Filling { variable: self.variable, folder: &folder, watched: &mut self.gathered.watched };
            filling.fill(root, &mut mistakes);
        }
        self.gathered.mistakes.append(mistakes.of_file(file));
        let included = root.as_ref().and_then(|root| root.key("include")).map(|entry| entry.value.clone());
        self.gathered.parts.push(Part { root, folder: folder.clone(), within });
        if let Some(included) = included.filter(|included| !included.is_missing()) {
            self.open.push(path.as_deref().map(true_path).unwrap_or_default());
            included.items().iter().for_each(|item| self.include(item, &folder, file));
            self.open.pop();
        }
    }

    fn bounded(&mut self, text: Result<String, String>) -> Result<String, String> {
        let text = text?;
        self.bytes += u64::try_from(text.len()).unwrap_or(u64::MAX);
        let of_all = if self.gathered.sources.count() == 0 { "the file is" } else { "with this file the configuration is" };
        if self.bytes > SIZE_LIMIT { Err(format!("{of_all} larger than {} MiB", SIZE_LIMIT >> 20)) } else { Ok(text) }
    }

    fn include(&mut self, item: &Node, folder: &Path, within: usize) {
        let Shape::Text(text) = &item.shape else {
            self.gathered.mistakes.add(item.at, format!("`include` takes paths of files and folders, not {}", item.described()));
            return;
        };
        if item.is_missing() || text.text.is_empty() {
            self.gathered.mistakes.hinted(item.at, "a path is missing here", "a file or a folder, such as conf.d");
            return;
        }
        let path = folder.join(&text.text);
        if self.open.len() > DEPTH_LIMIT {
            self.refuse(item, "files include each other more than 8 deep", "include them from the first file");
        } else if path.is_dir() {
            self.folder(item, &path, within);
        } else {
            self.file(item, &path, within);
        }
    }

    fn refuse(&mut self, item: &Node, message: &str, hint: &str) {
        self.gathered.whole = false;
        self.gathered.mistakes.hinted(item.at, item.discreet(message), item.discreet(hint));
    }

    /// What the file holds is known all the same.
    fn needless(&mut self, item: &Node, message: &str) {
        self.gathered.mistakes.add(item.at, item.discreet(message));
    }

    fn folder(&mut self, item: &Node, path: &Path, within: usize) {
        match self.gathered.watched.folder(path) {
            Err(error) => self.refuse(item, &format!("the folder {} cannot be listed ({error})", path.display()), ""),
            Ok(names) if names.is_empty() => {
                let place = self.gathered.sources.place(item.at);
                let empty = format!("{place} includes {}, which holds no *.yaml or *.yml.", path.display());
                self.gathered.warnings.push(item.discreet(&empty));
            }
            Ok(names) => names.iter().for_each(|name| self.file(item, &path.join(name), within)),
        }
    }

    fn file(&mut self, item: &Node, path: &Path, within: usize) {
        let shown = path.display().to_string();
        self.gathered.watched.file(path);
        let known_as = true_path(path);
        if self.open.contains(&known_as) {
            self.needless(item, &format!("{shown} includes itself by this"));
            return;
        }
        if let Some(first) = self.known.get(&known_as).copied() {
            let first = self.gathered.sources.called(first, item.at);
            self.needless(item, &format!("{shown} is included twice; first in {first}"));
            return;
        }
        if self.gathered.sources.count() >= FILES_LIMIT {
            self.refuse(item, &format!("the configuration has more than {FILES_LIMIT} files"), "");
            return;
        }
        match text::of(path) {
            Err(why) => self.refuse(item, &format!("{shown}: {why}"), ""),
            Ok(text) => {
                self.known.insert(known_as, item.at);
                let folder = path.parent().map(Path::to_path_buf).unwrap_or_default();
                self.add(Wanted { name: item.discreet(&shown), path: Some(path.to_owned()), text: Ok(text), folder }, Some(within));
            }
        }
    }
}
