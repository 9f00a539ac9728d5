//! The keys of the first file: what listens, what is kept, who may look, and the way to the rest.

use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use allswell_model::NodeId;
use allswell_notify::{HEARTBEAT_SETTINGS, Heartbeat};
use allswell_store::Retention;
use allswell_web::{Tls, TlsError};

use super::keys::{NODE, RETENTION, TLS};
use super::layer::File;
use super::mistake::Mistakes;
use super::section::{self, Section};
use super::shown_url::is_for_browsers;
use super::tree::Entry;
use super::{TlsFiles, access, declared, deny, hosts};
use crate::listen;

/// Less than this holds no history worth the name: an empty store alone takes a part of it.
const LEAST_STORE: u64 = 10_000_000;

/// What only the first file says.
#[derive(Debug)]
pub(crate) struct Top {
    pub(crate) listen: SocketAddr,
    pub(crate) allowed_hosts: Vec<String>,
    pub(crate) public_url: Option<String>,
    pub(crate) node: Option<NodeId>,
    pub(crate) location: String,
    pub(crate) store: Option<PathBuf>,
    pub(crate) retention: Retention,
    pub(crate) heartbeat: Option<Heartbeat>,
    pub(crate) tls: Option<TlsFiles>,
    pub(crate) access: Vec<allswell_web::Access>,
    pub(crate) deny: allswell_probe::Denied,
}

/// Reads the first file's own keys. Where there are mistakes, what is returned lacks what they spoiled.
pub(crate) fn read(section: &Section<'_>, (file, folder): (File<'_>, &Path), mistakes: &mut Mistakes) -> Top {
    let sub = |name: &str, what: &str, keys, mistakes: &mut Mistakes| {
        section.entry(name).map(|entry| Section::read(&entry.value, what, keys, mistakes)).unwrap_or_default()
    };
    let node = sub("node", "`node`", NODE, mistakes);
    let retention = sub("retention", "`retention`", RETENTION, mistakes);
    Top {
        listen: listen(section, mistakes).unwrap_or(listen::DEFAULT),
        allowed_hosts: hosts::read(section, mistakes),
        public_url: public_url(section, mistakes),
        node: node_name(&node, mistakes),
        location: node.text("location").unwrap_or_default().to_owned(),
        store: section.text("store").map(|path| folder.join(path)),
        retention: kept(&retention, mistakes),
        heartbeat: section.entry("heartbeat").and_then(|entry| heartbeat(entry, file, mistakes)),
        tls: section.entry("tls").and_then(|entry| tls(entry, (file, folder), mistakes)),
        access: access::read(section.entry("access"), file.sources, mistakes),
        deny: deny::read(section, mistakes),
    }
}

/// Links of alerts begin with it.
fn public_url(section: &Section<'_>, mistakes: &mut Mistakes) -> Option<String> {
    let (url, entry) = section.text("public_url").zip(section.entry("public_url"))?;
    if is_for_browsers(url) {
        return Some(url.to_owned());
    }
    mistakes.hinted(entry.value.at, "`public_url` takes an address for browsers", "such as https://watch.example.com");
    None
}

fn listen(section: &Section<'_>, mistakes: &mut Mistakes) -> Option<SocketAddr> {
    let (text, entry) = section.text("listen").zip(section.entry("listen"))?;
    let refused = |why: listen::Refused| {
        let message = format!("`listen` takes an address, with or without a port, not `{text}`");
        mistakes.hinted(entry.value.at, entry.value.discreet(&message), entry.value.discreet(&why.hint));
    };
    listen::read(text).map_err(refused).ok()
}

fn node_name(node: &Section<'_>, mistakes: &mut Mistakes) -> Option<NodeId> {
    let (name, entry) = node.text("name").zip(node.entry("name"))?;
    NodeId::new(name).map_err(|why| mistakes.add(entry.value.at, why.to_string())).ok()
}

fn kept(section: &Section<'_>, mistakes: &mut Mistakes) -> Retention {
    let figure = |name| section.duration(name).or_else(|| section::default(RETENTION, name).duration(name)).unwrap_or_default();
    Retention {
        raw: figure("raw"),
        minutes: figure("minutes"),
        hours: figure("hours"),
        days: figure("days"),
        at_most: at_most(section, mistakes).or_else(|| section::default(RETENTION, "at_most").size("at_most")),
    }
}

fn at_most(section: &Section<'_>, mistakes: &mut Mistakes) -> Option<u64> {
    let (size, entry) = section.size("at_most").zip(section.entry("at_most"))?;
    if size < LEAST_STORE {
        mistakes.hinted(entry.value.at, "`at_most` is too little to keep a history in", "at least 10MB; left out, it is 2GB");
    }
    Some(size)
}

fn heartbeat(entry: &Entry, file: File<'_>, mistakes: &mut Mistakes) -> Option<Heartbeat> {
    let entries: Vec<&Entry> = section::map(&entry.value, "`heartbeat`", mistakes).iter().collect();
    let read = declared::typed(&entries, HEARTBEAT_SETTINGS, ("`heartbeat`", file), mistakes);
    Heartbeat::read(&read.typed).map_err(|wrong| read.note(entry, "`heartbeat`", wrong, mistakes)).ok()
}

/// The files are read to see that they are there and belong together; they are read again by whoever serves with them.
fn tls(entry: &Entry, (file, folder): (File<'_>, &Path), mistakes: &mut Mistakes) -> Option<TlsFiles> {
    let section = Section::read(&entry.value, "`tls`", TLS, mistakes);
    let mut path = |name: &'static str| {
        let (path, entry) = section.required(name, (&entry.value, "`tls`"), mistakes)?;
        let path = folder.join(path);
        file.watched.borrow_mut().file(&path);
        let refused = opens(&path).err().map(|error| format!("{} cannot be read: {error}", path.display()));
        let Some(message) = refused else { return Some(path) };
        mistakes.add(entry.value.at, entry.value.discreet(&message));
        None
    };
    let (certificate, key) = (path("certificate"), path("key"));
    let files = TlsFiles { certificate: certificate?, key: key? };
    let Err(why) = Tls::read(&files.certificate, &files.key) else { return Some(files) };
    let about = match &why {
        TlsError::Unfit(..) => None,
        TlsError::Unreadable(path, _) | TlsError::Nothing(path, _) | TlsError::NotPem(path) if *path == files.certificate => {
            section.entry("certificate")
        }
        _ => section.entry("key"),
    };
    let at = about.map_or(entry.at, |entry| entry.value.at);
    mistakes.add(at, entry.value.discreet(why.to_string().trim_end_matches('.')));
    None
}

/// Each file by itself, so that a mistake in one does not hide that in the other. A pipe would keep us waiting.
fn opens(path: &Path) -> std::io::Result<()> {
    if std::fs::metadata(path)?.is_file() { std::fs::File::open(path).map(drop) } else { Ok(()) }
}
