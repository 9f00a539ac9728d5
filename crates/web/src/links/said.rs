//! What the pages last said of links, in one number: when it changes, a page that shows them is old.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use allswell_model::link::Links;

/// The states and findings, without figures and ages; empty where no links are configured.
pub(crate) fn of(links: Option<&Links>) -> String {
    let Some(links) = links else { return String::new() };
    let mut hasher = DefaultHasher::new();
    for cell in &links.cells {
        (&cell.from, &cell.to, cell.state).hash(&mut hasher);
    }
    for finding in &links.findings {
        (finding.kind, &finding.of).hash(&mut hasher);
    }
    for own in &links.own {
        (&own.peer, own.state, own.sessions.first().map(|session| &session.id)).hash(&mut hasher);
    }
    format!("{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests;
