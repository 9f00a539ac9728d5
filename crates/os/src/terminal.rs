//! A secret from the terminal: typed without being shown.

use std::fs::{File, OpenOptions};
use std::io::{self, Read, Write};

use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};

/// How a line ended.
#[derive(Debug, PartialEq, Eq)]
pub enum Typed {
    /// With Enter, or the end of the input.
    Line(Vec<u8>),
    /// With Ctrl-C.
    Interrupted,
}

/// Longer than any secret that a person types; what comes after is not read.
const LONGEST: usize = 4096;

const BACKSPACE: [u8; 2] = [0x08, 0x7f];
const CTRL_C: u8 = 0x03;
const CTRL_D: u8 = 0x04;
const CTRL_U: u8 = 0x15;

/// Asks on the controlling terminal, whatever stdin and stdout are, and reads a line that is not shown.
///
/// # Errors
/// When there is no terminal, or it went away.
pub fn read_hidden(prompt: &str) -> io::Result<Typed> {
    let terminal = OpenOptions::new().read(true).write(true).open("/dev/tty")?;
    let hidden = Hidden::begin(&terminal)?;
    // Only now: what is typed before goes.
    (&terminal).write_all(prompt.as_bytes())?;
    let typed = line(&mut &terminal);
    drop(hidden);
    (&terminal).write_all(b"\n")?;
    typed
}

/// While it lives nothing is shown, and keys that would end the process come as bytes: ended in between it would leave the
/// terminal silent.
struct Hidden<'a> {
    terminal: &'a File,
    before: Termios,
}

impl<'a> Hidden<'a> {
    fn begin(terminal: &'a File) -> io::Result<Self> {
        let before = tcgetattr(terminal)?;
        let mut silent = before.clone();
        silent.local_modes.remove(LocalModes::ECHO | LocalModes::ICANON | LocalModes::ISIG);
        tcsetattr(terminal, OptionalActions::Flush, &silent)?;
        Ok(Self { terminal, before })
    }
}

impl Drop for Hidden<'_> {
    fn drop(&mut self) {
        // A terminal that went away needs no mending.
        let _ = tcsetattr(self.terminal, OptionalActions::Flush, &self.before);
    }
}

/// Reads a line key by key, with the keys that mend it.
fn line(keys: &mut impl Read) -> io::Result<Typed> {
    let mut typed = Vec::new();
    let mut key = [0_u8; 1];
    while keys.read(&mut key)? == 1 {
        match key {
            [b'\n' | b'\r'] => break,
            [CTRL_C] => return Ok(Typed::Interrupted),
            [CTRL_D] if typed.is_empty() => break,
            [CTRL_U] => typed.clear(),
            [key] if BACKSPACE.contains(&key) => drop_character(&mut typed),
            [key] if typed.len() < LONGEST => typed.push(key),
            _ => {}
        }
    }
    Ok(Typed::Line(typed))
}

/// Takes back the last character, which in UTF-8 may be several bytes.
fn drop_character(typed: &mut Vec<u8>) {
    while let Some(byte) = typed.pop() {
        if byte & 0b1100_0000 != 0b1000_0000 {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Typed, line};

    fn typed(keys: &str) -> Typed {
        line(&mut keys.as_bytes()).unwrap()
    }

    #[test]
    fn keys_mend_the_line() {
        assert_eq!(typed("secret\rmore"), Typed::Line(b"secret".to_vec()));
        assert_eq!(typed("sec\u{e9}\u{7f}ret\n"), Typed::Line(b"secret".to_vec()), "a character of two bytes goes at once");
        assert_eq!(typed("wrong\u{15}right\n"), Typed::Line(b"right".to_vec()));
        assert_eq!(typed("\u{7f}\u{8}a\n"), Typed::Line(b"a".to_vec()));
        assert_eq!(typed("half\u{3}"), Typed::Interrupted);
        assert_eq!(typed("\u{4}after"), Typed::Line(Vec::new()));
        assert_eq!(typed("no end"), Typed::Line(b"no end".to_vec()));
    }
}
