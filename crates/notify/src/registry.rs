//! The list of the kinds of channels.

use allswell_model::settings::{Mistake, nearest};

use crate::channel::ChannelKind;
use crate::channels;

/// Every kind, in the order of the reference.
pub static CHANNELS: &[&dyn ChannelKind] = &[&channels::webhook::Webhook, &channels::exec::Exec];

/// The kind that `type` names.
///
/// # Errors
/// There is none of this name; the mistake is about the key `type`.
pub fn kind_of(name: &str) -> Result<&'static dyn ChannelKind, Mistake> {
    let known = || CHANNELS.iter().map(|kind| kind.declaration().name);
    CHANNELS.iter().find(|kind| kind.declaration().name == name).copied().ok_or_else(|| {
        let mistake = Mistake::of("type", format!("`{name}` is no type of channel"));
        match nearest(name, known()) {
            Some(near) => mistake.hint(format!("did you mean `{near}`?")),
            None => mistake.hint(format!("known are {}", known().collect::<Vec<_>>().join(", "))),
        }
    })
}
