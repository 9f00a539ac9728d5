//! The text of a file, read with bounds: neither a device nor a book keeps us waiting.

use std::path::Path;

/// A hundred thousand targets of a hundred bytes each; more is not a configuration.
pub(crate) const SIZE_LIMIT: u64 = 16 * 1024 * 1024;

/// The text of a regular file, at most one byte more than the limit.
///
/// # Errors
/// One sentence without a full stop.
pub(crate) fn of(path: &Path) -> Result<String, String> {
    use std::io::Read;
    let mut bytes = Vec::new();
    let unread = |error| format!("the file cannot be read ({error})");
    // A pipe or a device would keep us waiting, perhaps for ever.
    let kind = std::fs::metadata(path).map_err(unread)?.file_type();
    if !kind.is_file() {
        return Err(format!("only a regular file is read, and this is {}", called(kind)));
    }
    std::fs::File::open(path).and_then(|file| file.take(SIZE_LIMIT + 1).read_to_end(&mut bytes)).map_err(unread)?;
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let line = error.as_bytes().iter().take(valid).filter(|byte| **byte == b'\n').count() + 1;
        format!("line {line} is not UTF-8 text")
    })
}

fn called(kind: std::fs::FileType) -> &'static str {
    use std::os::unix::fs::FileTypeExt;
    match kind {
        kind if kind.is_dir() => "a folder",
        kind if kind.is_fifo() => "a pipe",
        kind if kind.is_socket() => "a socket",
        _ => "a device",
    }
}
