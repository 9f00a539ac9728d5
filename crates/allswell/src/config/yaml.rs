//! From YAML's events to a tree. What YAML allows and a configuration must not hold (duplicate keys, tags,
//! several documents, bombs of aliases) is a mistake here.

use std::borrow::Cow;
use std::collections::BTreeMap;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::mistake::Mistakes;
use super::repair::without_comment;
use super::source::Source;
use super::tree::{Entry, Mark, Node, Shape, Text};

/// Deeper than this nothing in the schema is.
const DEPTH_LIMIT: usize = 24;
/// A hundred thousand targets of ten keys each.
const NODE_LIMIT: usize = 1_000_000;
/// What aliases may add; a bomb of a few lines stands for billions.
const ALIAS_LIMIT: usize = 20_000;

/// What could be read.
#[derive(Debug, Default)]
pub(crate) struct Read {
    pub(crate) root: Option<Node>,
    /// Why it ended early, where it did. The tree then holds what was finished before.
    pub(crate) ended: Option<Ended>,
}

/// Where and why YAML could not be read further.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Ended {
    pub(crate) at: Mark,
    pub(crate) message: String,
    /// Whether the text is not YAML at all; else it is, and holds what a configuration must not.
    pub(crate) syntax: bool,
}

/// Reads one document.
pub(crate) fn read(text: &str, source: &Source, mistakes: &mut Mistakes) -> Read {
    let mut builder = Builder { source, mistakes, open: Vec::new(), anchors: BTreeMap::new(), root: None, nodes: 0, expanded: 0 };
    let ended = builder.run(text).err();
    // What is still open holds finished parts: they are worth checking too.
    while builder.root.is_none() && !builder.open.is_empty() {
        builder.close_unfinished();
    }
    Read { root: builder.root, ended }
}

struct Builder<'a> {
    source: &'a Source,
    mistakes: &'a mut Mistakes,
    open: Vec<Open>,
    anchors: BTreeMap<usize, Node>,
    root: Option<Node>,
    nodes: usize,
    expanded: usize,
}

/// A list or a map whose end has not come yet.
struct Open {
    at: Mark,
    anchor: usize,
    held: Held,
}

enum Held {
    List(Vec<Node>),
    Map(Vec<Entry>, Pending),
}

/// What a map waits for.
enum Pending {
    Key,
    Value(String, Mark),
    /// The value of a key that is no text.
    Nothing,
}

impl Builder<'_> {
    fn run(&mut self, text: &str) -> Result<(), Ended> {
        let mut documents = 0;
        for event in Parser::new_from_str(text) {
            let (event, span) = event.map_err(|error| scan_ended(&error))?;
            let at = mark(span);
            match event {
                Event::DocumentStart(_) if documents > 0 => {
                    return Err(ended(at, "a second document begins here: one file is one document"));
                }
                Event::DocumentStart(_) => documents += 1,
                Event::Scalar(text, style, anchor, tag) => self.scalar(Scalar { text, style, anchor, tag }, at)?,
                Event::SequenceStart(anchor, tag) => self.begin(at, anchor, tag.as_deref(), Held::List(Vec::new()))?,
                Event::MappingStart(anchor, tag) => self.begin(at, anchor, tag.as_deref(), Held::Map(Vec::new(), Pending::Key))?,
                Event::SequenceEnd | Event::MappingEnd => self.end(),
                Event::Alias(anchor) => self.alias(anchor, at)?,
                Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => {}
            }
        }
        Ok(())
    }

    fn scalar(&mut self, scalar: Scalar<'_>, at: Mark) -> Result<(), Ended> {
        let mut text = scalar.text.into_owned();
        if let Some(tag) = scalar.tag.as_deref().filter(|tag| !tag.is_yaml_core_schema()) {
            // The operator most likely meant the whole as text; it is read so, to find what else is wrong.
            text = self.source.at(at).trim_end().to_owned();
            self.tagged(at, tag, &text);
        }
        // Within brackets the blank behind a value is counted as the value's.
        let length = self.source.at(at).trim_end().chars().count().max(1);
        let at = Mark { length, ..at };
        let plain = scalar.style == ScalarStyle::Plain;
        let shape = Shape::Text(Text { text, plain, anchored: scalar.anchor > 0, ..Text::default() });
        self.value(Node { at, shape }, scalar.anchor)
    }

    fn tagged(&mut self, at: Mark, tag: &Tag, text: &str) {
        let taken = format!("YAML takes `{}{}` for a tag", tag.handle, tag.suffix);
        self.mistakes.hinted(at, taken, format!("quote this: {}", quoted(text)));
    }

    fn begin(&mut self, at: Mark, anchor: usize, tag: Option<&Tag>, held: Held) -> Result<(), Ended> {
        if let Some(tag) = tag.filter(|tag| !tag.is_yaml_core_schema()) {
            let text = without_comment(self.source.from(at)).to_owned();
            self.tagged(at, tag, &text);
        }
        if self.open.len() >= DEPTH_LIMIT {
            return Err(ended(at, &format!("lists and maps are nested more than {DEPTH_LIMIT} deep")));
        }
        self.open.push(Open { at, anchor, held });
        Ok(())
    }

    fn end(&mut self) {
        let Some(Open { at, anchor, held }) = self.open.pop() else { return };
        let shape = match held {
            Held::List(items) => Shape::List(items),
            Held::Map(entries, _) => Shape::Map(self.without_twins(entries)),
        };
        // It was counted where it was opened; a failure of the limits shows at the next event.
        let _ = self.value(Node { at, shape }, anchor);
    }

    /// Ends what is open but keeps it only where it holds several things of its own kind (the root, a list):
    /// a target that was cut off would be blamed for keys that come later.
    fn close_unfinished(&mut self) {
        let depth = self.open.len();
        let Some(open) = self.open.pop() else { return };
        match open.held {
            Held::List(items) => self.keep_unfinished(Node { at: open.at, shape: Shape::List(items) }),
            Held::Map(entries, _) if depth == 1 => {
                let entries = self.without_twins(entries);
                self.keep_unfinished(Node { at: open.at, shape: Shape::Map(entries) });
            }
            Held::Map(..) => self.drop_pending(),
        }
    }

    fn keep_unfinished(&mut self, node: Node) {
        // Limits do not matter any more.
        let _ = self.value(node, 0);
    }

    fn drop_pending(&mut self) {
        if let Some(Open { held: Held::Map(_, pending), .. }) = self.open.last_mut() {
            *pending = Pending::Key;
        }
    }

    /// Each key once: the first stands, the others are mistakes.
    fn without_twins(&mut self, entries: Vec<Entry>) -> Vec<Entry> {
        let mut first: BTreeMap<String, usize> = BTreeMap::new();
        let mut kept = Vec::with_capacity(entries.len());
        for entry in entries {
            if entry.key == "<<" {
                self.mistakes.hinted(
                    entry.at,
                    "`<<` (merging maps) is not read",
                    "keys that several targets share belong to `groups` or `defaults`",
                );
            } else if let Some(line) = first.get(&entry.key) {
                self.mistakes.add(entry.at, format!("`{}` stands here twice; first in line {line}", entry.key));
            } else {
                first.insert(entry.key.clone(), entry.at.line);
                kept.push(entry);
            }
        }
        kept
    }

    fn alias(&mut self, anchor: usize, at: Mark) -> Result<(), Ended> {
        let Some(node) = self.anchors.get(&anchor).cloned() else {
            return Err(ended(at, "an alias stands within what it is an alias of"));
        };
        self.expanded += node.count();
        if self.expanded > ALIAS_LIMIT {
            return Err(ended(at, &format!("aliases add more than {ALIAS_LIMIT} values")));
        }
        self.value(Node { at, ..node }, 0)
    }

    /// A finished value goes where it belongs.
    fn value(&mut self, mut node: Node, anchor: usize) -> Result<(), Ended> {
        let at = node.at;
        self.nodes += 1;
        if self.nodes + self.expanded > NODE_LIMIT {
            return Err(ended(at, &format!("the file holds more than {NODE_LIMIT} values")));
        }
        if anchor > 0 {
            let mut copy = node.clone();
            copy.each_text_mut(&mut |_, text| text.anchored = false);
            self.anchors.insert(anchor, copy);
        }
        match self.open.last_mut().map(|open| &mut open.held) {
            None => self.root = Some(node),
            Some(Held::List(items)) => items.push(node),
            Some(Held::Map(entries, pending)) => match std::mem::replace(pending, Pending::Key) {
                Pending::Value(key, key_at) => entries.push(Entry { key, at: key_at, value: node }),
                Pending::Nothing => {}
                Pending::Key => match &mut node.shape {
                    Shape::Text(text) => *pending = Pending::Value(std::mem::take(&mut text.text), at),
                    other => {
                        *pending = Pending::Nothing;
                        let found = if matches!(other, Shape::List(_)) { "a list" } else { "a map" };
                        self.mistakes.hinted(at, format!("a key is text, not {found}"), "quote text that begins with `{` or `[`");
                    }
                },
            },
        }
        Ok(())
    }
}

struct Scalar<'a> {
    text: Cow<'a, str>,
    style: ScalarStyle,
    anchor: usize,
    tag: Option<Cow<'a, Tag>>,
}

fn mark(span: Span) -> Mark {
    let length = if span.start.line() == span.end.line() { span.end.col().saturating_sub(span.start.col()) } else { usize::MAX };
    Mark { line: span.start.line(), column: span.start.col() + 1, length: length.max(1), ..Mark::default() }
}

fn ended(at: Mark, message: &str) -> Ended {
    Ended { at, message: message.to_owned(), syntax: false }
}

fn scan_ended(error: &ScanError) -> Ended {
    let at = Mark { line: error.marker().line(), column: error.marker().col() + 1, length: 1, ..Mark::default() };
    Ended { at, message: format!("this is not YAML: {}", error.info()), syntax: true }
}

/// Text between single quotes, as YAML reads it back.
pub(crate) fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
