//! Names and passwords: verified one at a time, at the same cost whether there is such a name or not.

use std::hash::{BuildHasher as _, RandomState};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::attempts::Attempts;
use super::remembered::Remembered;
use crate::access::{Access, Secret};
use crate::secret::{Phc, same};
use crate::serve::{Places, Whence};

/// Verifications at once: one takes a core and megabytes for a while, by intent, and the probes need theirs.
const AT_ONCE: usize = 1;
/// So many wait for that; further ones are told to come again.
const WAITING: usize = 64;
/// So many of them from one address: a browser asks for a handful of things at once.
const WAITING_OF_ONE: usize = 16;
/// Whoever waited so long is told the same.
const PATIENCE: Duration = Duration::from_secs(10);
/// A longer password is wrong without a look at it.
const LONGEST: usize = 1024;

/// How often a password was right, wrong, or not looked at.
#[derive(Debug, Default)]
pub(crate) struct Verified {
    /// It was right.
    pub(crate) right: AtomicU64,
    /// It was wrong, or there is no such name.
    pub(crate) wrong: AtomicU64,
    /// There were too many attempts.
    pub(crate) refused: AtomicU64,
}

/// Verifies passwords.
pub(super) struct Passwords {
    known: Arc<Known>,
    waiting: Arc<Places>,
    turns: Arc<Semaphore>,
    decoys: RandomState,
}

/// What is known of passwords; also to a verification whose asker went away.
struct Known {
    remembered: Remembered,
    attempts: Mutex<Attempts>,
    verified: Verified,
}

/// What is to be verified, and what it would show.
struct Candidate {
    phc: Phc,
    /// Whose it is; nobody's when it is only looked at for the time that it takes.
    access: Option<Access>,
}

/// What somebody typed.
#[derive(Clone, Copy)]
pub(super) struct Typed<'t> {
    pub(super) name: &'t str,
    pub(super) password: &'t str,
    pub(super) whence: Whence,
}

/// Why a password was not looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Unverified {
    /// There were too many attempts; one more may be made after so long.
    TooMany(Duration),
    /// Too many wait already.
    Busy,
}

impl Passwords {
    pub(super) fn new() -> Self {
        let known = Known { remembered: Remembered::new(), attempts: Mutex::default(), verified: Verified::default() };
        Self {
            known: Arc::new(known),
            waiting: Places::new(WAITING, WAITING_OF_ONE),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            decoys: RandomState::new(),
        }
    }

    /// What was counted.
    pub(super) fn verified(&self) -> &Verified {
        &self.known.verified
    }

    /// Who of these it is; nobody when the password is wrong.
    pub(super) async fn who(&self, may_call: &[Access], typed: Typed<'_>) -> Result<Option<Access>, Unverified> {
        let Typed { name, password, whence } = typed;
        let known = || self.known.remembered.who(self.known.remembered.tag(name, password), may_call, Instant::now());
        if let Some(access) = known() {
            return Ok(Some(access));
        }
        let Some(candidate) = self.candidate(may_call, name).filter(|_| password.len() <= LONGEST) else { return Ok(None) };
        self.known.patience(whence, name)?;
        let turn = self.turn(whence).await?;
        // Of the requests that a browser makes at once the first one is verified, the others find it here.
        if let Some(access) = known() {
            return Ok(Some(access));
        }
        self.known.patience(whence, name)?;
        self.known.attempts().begin(whence, name, Instant::now());
        let (known, name, password) = (Arc::clone(&self.known), name.to_owned(), password.to_owned());
        // Whoever typed it may go away meanwhile: the turn ends with the work, and what came of it is known.
        let work = move || (known.verify(candidate, Typed { name: &name, password: &password, whence }), turn).0;
        Ok(tokio::task::spawn_blocking(work).await.unwrap_or(None))
    }

    /// What to verify against. A name that does not exist is verified all the same, against the hash of another, always the same
    /// one for one name: the time tells nothing.
    fn candidate(&self, may_call: &[Access], name: &str) -> Option<Candidate> {
        let with_password = may_call.iter().filter_map(|access| match &access.secret {
            Secret::Password(phc) => Some((phc, access)),
            Secret::Token(_) => None,
        });
        let all: Vec<_> = with_password.collect();
        let own = all.iter().rev().fold(None, |own, one| if same(one.1.name.as_bytes(), name.as_bytes()) { Some(*one) } else { own });
        let decoy = usize::try_from(self.decoys.hash_one(name) % (all.len().max(1) as u64)).ok().and_then(|place| all.get(place).copied());
        let (phc, _) = own.or(decoy)?;
        Some(Candidate { phc: phc.clone(), access: own.map(|(_, access)| access.clone()) })
    }

    async fn turn(&self, whence: Whence) -> Result<OwnedSemaphorePermit, Unverified> {
        let _waiting = self.waiting.take(whence).ok_or(Unverified::Busy)?;
        let turn = timeout(PATIENCE, Arc::clone(&self.turns).acquire_owned()).await;
        turn.ok().and_then(Result::ok).ok_or(Unverified::Busy)
    }
}

impl Known {
    fn patience(&self, whence: Whence, name: &str) -> Result<(), Unverified> {
        match self.attempts().wait(whence, name, Instant::now()) {
            None => Ok(()),
            Some(wait) => {
                self.verified.refused.fetch_add(1, Relaxed);
                Err(Unverified::TooMany(wait))
            }
        }
    }

    /// Verifies, whether or not there is such a name. It takes long, and blocks.
    fn verify(&self, candidate: Candidate, typed: Typed<'_>) -> Option<Access> {
        let Typed { name, password, whence } = typed;
        let right = candidate.phc.verify(password.as_bytes());
        let Some(access) = candidate.access.filter(|_| right) else {
            self.verified.wrong.fetch_add(1, Relaxed);
            return None;
        };
        self.verified.right.fetch_add(1, Relaxed);
        self.attempts().forgive(whence, name);
        self.remembered.remember(self.remembered.tag(name, password), &access, Instant::now());
        Some(access)
    }

    fn attempts(&self) -> MutexGuard<'_, Attempts> {
        self.attempts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;
