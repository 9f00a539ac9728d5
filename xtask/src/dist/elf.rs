//! What a program's file asks of the system that loads it, read from its headers (ELF-64 object file format, version 1.5).

const PT_DYNAMIC: u64 = 2;
const PT_INTERP: u64 = 3;
const DT_NEEDED: u64 = 1;

/// What has to be there besides the kernel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Linkage {
    /// A dynamic loader is named.
    pub(super) interpreter: bool,
    /// How many shared libraries are.
    pub(super) libraries: usize,
}

impl Linkage {
    /// Nothing but the kernel is needed.
    pub(super) fn proven_static(self) -> Result<(), String> {
        match self {
            Self { interpreter: false, libraries: 0 } => Ok(()),
            Self { interpreter, libraries } => {
                let loader = if interpreter { "a dynamic loader and " } else { "" };
                Err(format!("what was built is not static: it needs {loader}{libraries} shared libraries"))
            }
        }
    }
}

/// Reads it; `None` for what is no little-endian 64-bit ELF file, or is cut short.
pub(super) fn linkage(bytes: &[u8]) -> Option<Linkage> {
    if bytes.get(..6)? != b"\x7fELF\x02\x01" {
        return None;
    }
    let (first, size, count) = (number(bytes, 0x20, 8)?, number(bytes, 0x36, 2)?, number(bytes, 0x38, 2)?);
    let mut found = Linkage { interpreter: false, libraries: 0 };
    for place in 0..count {
        let header = first.checked_add(place * size)?;
        match number(bytes, header, 4)? {
            PT_INTERP => found.interpreter = true,
            PT_DYNAMIC => {
                let (begin, length) = (number(bytes, header.checked_add(0x08)?, 8)?, number(bytes, header.checked_add(0x20)?, 8)?);
                let table = bytes.get(usize::try_from(begin).ok()?..usize::try_from(begin.checked_add(length)?).ok()?)?;
                found.libraries += table.chunks_exact(16).filter(|entry| number(entry, 0, 8) == Some(DT_NEEDED)).count();
            }
            _ => {}
        }
    }
    Some(found)
}

/// A little-endian number of at most eight bytes.
fn number(bytes: &[u8], at: u64, length: usize) -> Option<u64> {
    let at = usize::try_from(at).ok()?;
    let digits = bytes.get(at..at.checked_add(length)?)?;
    Some(digits.iter().rev().fold(0, |number, digit| (number << 8) | u64::from(*digit)))
}

#[cfg(test)]
mod tests;
