//! What the rest of the program wants of the mesh's thread: the latest settings, and the end.

use std::sync::{Mutex, PoisonError};

use crate::settings::Settings;

/// The newest wish of each kind: a later one takes the place of an earlier one that was not carried out yet.
#[derive(Debug, Default)]
pub(crate) struct Orders(Mutex<Wishes>);

/// What is wished for.
#[derive(Debug, Default)]
pub(crate) struct Wishes {
    /// Other settings.
    pub(crate) settings: Option<Settings>,
    /// Whether we tell people of troubles.
    pub(crate) tells: Option<bool>,
    /// The end.
    pub(crate) stop: bool,
}

impl Orders {
    pub(crate) fn change(&self, settings: Settings) {
        self.lock().settings = Some(settings);
    }

    pub(crate) fn tells(&self, tells: bool) {
        self.lock().tells = Some(tells);
    }

    pub(crate) fn stop(&self) {
        self.lock().stop = true;
    }

    pub(crate) fn take(&self) -> Wishes {
        let mut wishes = self.lock();
        Wishes { settings: wishes.settings.take(), tells: wishes.tells.take(), stop: wishes.stop }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Wishes> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
