//! Random bytes that nobody else can guess, fetched from the system many at a time.

/// 96 bits: whoever does not see our packets will not guess one in the life of a host.
pub(crate) const NONCE: usize = 12;

/// One call of the system serves so many packets.
const AT_ONCE: usize = 256;

pub(crate) type Nonce = [u8; NONCE];

/// A stock of nonces, each used once.
#[derive(Debug)]
pub(crate) struct Nonces {
    stock: Vec<u8>,
}

impl Nonces {
    /// None yet.
    pub(crate) const fn new() -> Self {
        Self { stock: Vec::new() }
    }

    /// A fresh one; `None` when the system has no random numbers.
    pub(crate) fn next(&mut self) -> Option<Nonce> {
        if self.stock.is_empty() {
            self.stock.resize(NONCE * AT_ONCE, 0);
            if getrandom::fill(&mut self.stock).is_err() {
                self.stock.clear();
                return None;
            }
        }
        let nonce = *self.stock.last_chunk()?;
        self.stock.truncate(self.stock.len() - NONCE);
        Some(nonce)
    }
}
