//! What can be told of a store without opening it as its owner: its layout, and who holds it. Changes nothing and takes no lock.

use std::fs::{self, Metadata};
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use crate::error::OpenError;
use crate::{lock, schema};

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Survey {
    /// The layout of the file.
    pub layout: i64,
    /// The newest layout that this program knows.
    pub known: i64,
    /// The process that holds it, where one does and it can be seen from here.
    pub held_by: Option<u32>,
}

/// Surveys a store that exists.
///
/// # Errors
/// It is not a store of ours, or it cannot be read.
pub fn survey(path: &Path) -> Result<Survey, OpenError> {
    fs::File::open(path).map_err(|error| OpenError::from_io(path, &error))?;
    let said = |error: rusqlite::Error| OpenError::from_sql(path, &error);
    let connection = schema::open_looker(path).map_err(said)?;
    let number = |name| connection.pragma_query_value(None, name, |row| row.get::<_, i64>(0)).map_err(said);
    if number("application_id")? != schema::APPLICATION {
        return Err(OpenError::NotAStore { path: path.to_owned() });
    }
    Ok(Survey { layout: number("user_version")?, known: schema::VERSION, held_by: holder(path) })
}

/// The kernel lists the locks that processes visible from here hold, each with the file's device and number.
fn holder(path: &Path) -> Option<u32> {
    let file = lock::beside(path);
    let found = fs::metadata(&file).ok()?;
    let signed = fs::read_to_string(&file).ok().and_then(|text| text.trim().parse().ok());
    held(&fs::read_to_string("/proc/locks").ok()?, &found, signed)
}

/// A line reads `1: FLOCK  ADVISORY  WRITE 4711 fe:00:1234 0 EOF`. Some file systems show another device there than in the file's
/// metadata; then the process that signed the file is believed.
fn held(locks: &str, file: &Metadata, signed: Option<u32>) -> Option<u32> {
    locks.lines().find_map(|line| {
        let words: Vec<&str> = line.split_ascii_whitespace().collect();
        let [_, "FLOCK", _, "WRITE", pid, place, ..] = words.as_slice() else { return None };
        let (device, number) = place.rsplit_once(':')?;
        let pid = pid.parse().ok()?;
        let same = number.parse() == Ok(file.ino()) && (device == self::device(file.dev()) || signed == Some(pid));
        same.then_some(pid)
    })
}

/// A device as the kernel's list writes it; the number's bits lie as glibc's `gnu_dev_makedev` puts them.
fn device(number: u64) -> String {
    let major = (number >> 8) & 0xfff | (number >> 32) & !0xfff;
    let minor = number & 0xff | (number >> 12) & 0xffff_ff00;
    format!("{major:02x}:{minor:02x}")
}

#[cfg(test)]
mod tests;
