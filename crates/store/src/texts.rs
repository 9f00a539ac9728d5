//! The texts of a chunk or block, each once; rows name them by number.

use crate::error::Malformed;
use crate::varint::{self, Bytes};

/// A list without doubles. It stays short (names, addresses, a few values), so it is searched from the front.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Texts {
    list: Vec<Box<[u8]>>,
}

impl Texts {
    /// The number of this text. `guess` is what it was last time: mostly right, and then nothing is searched.
    pub(crate) fn number(&mut self, text: &[u8], guess: Option<u32>) -> u32 {
        if let Some(guess) = guess
            && self.text(guess) == Some(text)
        {
            return guess;
        }
        match self.list.iter().position(|known| **known == *text) {
            Some(at) => at as u32,
            None => self.push(text),
        }
    }

    /// Adds a text without looking whether it is there.
    pub(crate) fn push(&mut self, text: &[u8]) -> u32 {
        self.list.push(text.into());
        (self.list.len() - 1) as u32
    }

    pub(crate) fn text(&self, number: u32) -> Option<&[u8]> {
        self.list.get(number as usize).map(AsRef::as_ref)
    }

    /// The text of a number that must be valid UTF-8.
    pub(crate) fn utf8(&self, number: i64) -> Result<&str, Malformed> {
        let number = u32::try_from(number).map_err(|_| Malformed("text number"))?;
        let bytes = self.text(number).ok_or(Malformed("text number"))?;
        std::str::from_utf8(bytes).map_err(|_| Malformed("text"))
    }

    pub(crate) fn bytes(&self, number: i64) -> Result<&[u8], Malformed> {
        let number = u32::try_from(number).map_err(|_| Malformed("text number"))?;
        self.text(number).ok_or(Malformed("text number"))
    }

    pub(crate) fn len(&self) -> usize {
        self.list.len()
    }

    pub(crate) fn clear(&mut self) {
        self.list.clear();
    }

    /// Writes those from the `from`th on.
    pub(crate) fn write(&self, from: usize, out: &mut Vec<u8>) {
        let new = self.list.get(from..).unwrap_or_default();
        varint::put(out, new.len() as u64);
        new.iter().for_each(|text| varint::put_bytes(out, text));
    }

    /// Appends what [`Texts::write`] wrote.
    pub(crate) fn read(&mut self, bytes: &mut Bytes<'_>) -> Result<(), Malformed> {
        for _ in 0..bytes.count()? {
            self.push(bytes.bytes()?);
        }
        Ok(())
    }
}
