//! Passwords that were right a moment ago, so that a page that refreshes itself does not cost a verification each time. What is
//! kept is a keyed hash, and the key dies with the process: neither password nor anything that could be tried against it.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use ring::hmac;

use crate::access::Access;

/// So many are remembered; then the oldest goes and is verified again.
const MOST: usize = 256;
/// After so long it is verified again.
const FOR: Duration = Duration::from_secs(600);

/// A name and a password, as they are remembered.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Tag([u8; 32]);

/// The memory.
pub(super) struct Remembered {
    /// Without randomness nothing is remembered.
    key: Option<hmac::Key>,
    known: Mutex<BTreeMap<Tag, (Access, Instant)>>,
}

impl Remembered {
    pub(super) fn new() -> Self {
        let mut bytes = [0; 32];
        let key = getrandom::fill(&mut bytes).ok().map(|()| hmac::Key::new(hmac::HMAC_SHA256, &bytes));
        Self { key, known: Mutex::default() }
    }

    /// What stands for them.
    pub(super) fn tag(&self, name: &str, password: &str) -> Option<Tag> {
        let mut context = hmac::Context::with_key(self.key.as_ref()?);
        // The length parts them: "a" with "bc" is not "ab" with "c".
        context.update(&(name.len() as u64).to_le_bytes());
        context.update(name.as_bytes());
        context.update(password.as_bytes());
        let mut tag = [0; 32];
        tag.iter_mut().zip(context.sign().as_ref()).for_each(|(to, from)| *to = *from);
        Some(Tag(tag))
    }

    /// Who showed them a moment ago, if they may still call in the same way.
    pub(super) fn who(&self, tag: Option<Tag>, may_call: &[Access], now: Instant) -> Option<Access> {
        let known = self.known();
        let (access, at) = known.get(&tag?)?;
        (now.saturating_duration_since(*at) < FOR && may_call.contains(access)).then(|| access.clone())
    }

    /// They were right.
    pub(super) fn remember(&self, tag: Option<Tag>, access: &Access, now: Instant) {
        let Some(tag) = tag else { return };
        let mut known = self.known();
        known.retain(|_, (_, at)| now.saturating_duration_since(*at) < FOR);
        if known.len() >= MOST
            && let Some(oldest) = known.iter().min_by_key(|(_, (_, at))| *at).map(|(tag, _)| *tag)
        {
            known.remove(&oldest);
        }
        known.insert(tag, (access.clone(), now));
    }

    fn known(&self) -> MutexGuard<'_, BTreeMap<Tag, (Access, Instant)>> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
