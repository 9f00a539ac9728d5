//! The fenced blocks of a page.

use crate::read;

/// A block: what stands behind its fence, and what is in it.
#[derive(Debug, Clone)]
pub(crate) struct Block {
    pub(crate) page: &'static str,
    pub(crate) line: usize,
    pub(crate) kind: String,
    pub(crate) text: String,
}

impl Block {
    /// The file that a configuration's first line names.
    pub(crate) fn file(&self) -> String {
        let first = self.text.lines().next().and_then(|line| line.strip_prefix("# "));
        let name = first.and_then(|line| line.split([':', ' ']).next()).filter(|name| name.ends_with(".yaml"));
        name.unwrap_or_else(|| panic!("{}: the first line says no file name: # allswell.yaml", self.place())).to_owned()
    }

    pub(crate) fn place(&self) -> String {
        format!("{}:{}", self.page, self.line)
    }
}

/// All of a page, in their order.
pub(crate) fn of(page: &'static str) -> Vec<Block> {
    let (mut blocks, mut open): (Vec<Block>, Option<Block>) = (Vec::new(), None);
    for (number, line) in read(page).lines().enumerate() {
        match (line.strip_prefix("```"), open.take()) {
            (Some(_), Some(block)) => blocks.push(block),
            (Some(kind), None) => open = Some(Block { page, line: number + 1, kind: kind.to_owned(), text: String::new() }),
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    assert!(open.is_none(), "{page}: a block does not end");
    blocks
}
