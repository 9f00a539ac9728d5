//! The words in which the watching thread notes what it was told, one for each stream.
//!
//! They lie close together, apart from all else that is known of a stream. Who asks ten thousand streams in turn whether anything was told
//! then finds the words in the cache; within the streams each would be a line and a page of its own, fetched from memory every time.

use std::ops::Deref;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, Weak};

use crate::watch::lock;

/// Words in a block: half a page.
const WORDS: usize = 512;

#[derive(Debug)]
struct Block {
    words: [AtomicU32; WORDS],
    free: Mutex<Vec<usize>>,
}

/// All blocks that have an owner.
static BLOCKS: Mutex<Vec<Weak<Block>>> = Mutex::new(Vec::new());

/// Where there is no word; none of these is ever made.
static NOWHERE: AtomicU32 = AtomicU32::new(0);

/// The word of one stream, as long as anybody asks of it.
#[derive(Debug)]
pub(crate) struct Told {
    word: Word,
}

/// A way to the word, for as long as somebody else keeps it.
#[derive(Debug, Clone)]
pub(crate) struct Word {
    block: Arc<Block>,
    place: usize,
}

impl Told {
    /// One that says nothing yet.
    pub(crate) fn new() -> Self {
        let mut blocks = lock(&BLOCKS);
        let found = blocks.iter().filter_map(Weak::upgrade).find_map(|block| Word::take(&block));
        let word = found.unwrap_or_else(|| {
            let block = Arc::new(Block { words: [const { AtomicU32::new(0) }; WORDS], free: Mutex::new((1..WORDS).collect()) });
            blocks.retain(|block| block.strong_count() > 0);
            blocks.push(Arc::downgrade(&block));
            Word { block, place: 0 }
        });
        Self { word }
    }

    pub(crate) fn word(&self) -> Word {
        self.word.clone()
    }
}

impl Drop for Told {
    fn drop(&mut self) {
        self.word.store(0, Ordering::Release);
        lock(&self.word.block.free).push(self.word.place);
    }
}

impl Deref for Told {
    type Target = AtomicU32;

    fn deref(&self) -> &AtomicU32 {
        &self.word
    }
}

impl Word {
    fn take(block: &Arc<Block>) -> Option<Self> {
        let place = lock(&block.free).pop()?;
        Some(Self { block: Arc::clone(block), place })
    }
}

impl Deref for Word {
    type Target = AtomicU32;

    fn deref(&self) -> &AtomicU32 {
        self.block.words.get(self.place).unwrap_or(&NOWHERE)
    }
}

#[cfg(test)]
mod tests;
