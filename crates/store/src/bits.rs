//! Numbers of uneven size as bits: Rice codes, short for small numbers, with a way out for large ones.

use crate::error::Malformed;

/// A number whose high part needs more ones than this is written out in full instead.
const MOST_ONES: u32 = 24;

/// How many low bits a Rice code may write plainly.
pub(crate) const MOST_LOW: u32 = 62;

/// How many bits a number takes with `low` plain bits.
pub(crate) fn cost(number: u64, low: u32) -> u64 {
    let high = number >> low;
    if high < u64::from(MOST_ONES) { high + 1 + u64::from(low) } else { u64::from(MOST_ONES) + 64 }
}

/// Writes bits, the highest of each byte first.
pub(crate) struct BitWriter<'a> {
    out: &'a mut Vec<u8>,
    /// Bits not yet written, the newest lowest.
    held: u64,
    count: u32,
}

impl<'a> BitWriter<'a> {
    pub(crate) fn new(out: &'a mut Vec<u8>) -> Self {
        Self { out, held: 0, count: 0 }
    }

    /// Writes the lowest `count` bits, at most 32.
    fn put(&mut self, bits: u64, count: u32) {
        self.held = (self.held << count) | (bits & ((1 << count) - 1));
        self.count += count;
        while self.count >= 8 {
            self.count -= 8;
            self.out.push((self.held >> self.count) as u8);
        }
    }

    fn put_wide(&mut self, bits: u64, count: u32) {
        if count > 32 {
            self.put(bits >> 32, count - 32);
        }
        self.put(bits, count.min(32));
    }

    pub(crate) fn rice(&mut self, number: u64, low: u32) {
        let high = number >> low;
        if high < u64::from(MOST_ONES) {
            let high = high as u32;
            self.put((1 << (high + 1)) - 2, high + 1);
            self.put_wide(number, low);
        } else {
            self.put((1 << MOST_ONES) - 1, MOST_ONES);
            self.put_wide(number, 64);
        }
    }

    /// Fills the last byte with zeros.
    pub(crate) fn finish(mut self) {
        if self.count > 0 {
            let missing = 8 - self.count;
            self.put(0, missing);
        }
    }
}

/// Reads what [`BitWriter`] wrote.
pub(crate) struct BitReader<'a> {
    bytes: &'a [u8],
    /// Bits read from `bytes` and not yet taken; above the lowest `count` they are stale.
    held: u64,
    count: u32,
}

impl<'a> BitReader<'a> {
    pub(crate) fn new(bytes: &'a [u8]) -> Self {
        Self { bytes, held: 0, count: 0 }
    }

    /// Takes `count` bits, at most 32.
    fn take(&mut self, count: u32) -> Result<u64, Malformed> {
        while self.count < count {
            let (byte, rest) = self.bytes.split_first().ok_or(Malformed("bits"))?;
            self.held = (self.held << 8) | u64::from(*byte);
            self.count += 8;
            self.bytes = rest;
        }
        self.count -= count;
        Ok((self.held >> self.count) & ((1 << count) - 1))
    }

    fn take_wide(&mut self, count: u32) -> Result<u64, Malformed> {
        let high = if count > 32 { self.take(count - 32)? << 32 } else { 0 };
        Ok(high | self.take(count.min(32))?)
    }

    pub(crate) fn rice(&mut self, low: u32) -> Result<u64, Malformed> {
        let mut high = 0;
        while self.take(1)? == 1 {
            high += 1;
            if high == u64::from(MOST_ONES) {
                return self.take_wide(64);
            }
        }
        Ok((high << low) | self.take_wide(low)?)
    }

    /// What follows the byte in which the last bit stands.
    pub(crate) fn finish(self) -> &'a [u8] {
        self.bytes
    }
}

#[cfg(test)]
mod tests;
