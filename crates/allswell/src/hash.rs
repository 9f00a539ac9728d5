//! `allswell hash`: makes the entry of somebody who may see or change things, for `access` in the configuration.

use std::ffi::OsString;
use std::io::{self, IsTerminal, Read};

use allswell_os::terminal::{self, Typed};
use allswell_web::{HashError, hash_password, hash_token, new_token};
use clap::ValueEnum;

use crate::cli;
use crate::exit::Exit;
use crate::out;

const EXAMPLES: &str = "\
Examples:
  allswell hash --name anna --role operator
  allswell hash --name prometheus --token >> access.yaml
  pass show allswell/anna | allswell hash --name anna

The entry goes to stdout, all else to stderr. It goes under `access:` of the configuration:
  access:
    - { name: anna, role: operator, password: \"$argon2id$...\" }
A password is sent as basic credentials, a token as `Authorization: Bearer TOKEN`.
Exit codes: 0 done, 64 misuse, 74 the entry cannot be written, 130 interrupted.";

/// Make an entry for `access`: hash a password, or make a token
///
/// A password is asked for twice without being shown, or read from a pipe. It is never taken from the command line, which
/// other users of this host can see.
#[derive(Debug, Clone, clap::Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Arguments {
    /// Make a token of 256 bits instead, and show it this one time
    #[arg(long)]
    token: bool,

    /// Who it is for
    #[arg(long, value_name = "NAME", default_value = "me")]
    name: String,

    /// What it allows: to look, or also to change things
    #[arg(long, value_enum, default_value = "viewer")]
    role: Role,

    /// What somebody typed behind it, which may be the secret: refused without being repeated.
    #[arg(hide = true, value_name = "NOTHING")]
    typed: Vec<OsString>,
}

/// What an entry allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Role {
    /// To look
    Viewer,
    /// To look and to change things
    Operator,
}

/// Longer than any secret.
const LONGEST: u64 = 4096;

/// Shorter ones are guessed.
const SHORT: usize = 12;

/// Makes the entry.
pub(crate) fn run(arguments: &Arguments) -> Exit {
    if !arguments.typed.is_empty() {
        let why = "a secret is not taken from the command line, where other users of this host and the shell's history see it: \
                   if that was one, change it; it is asked for, or read from a pipe";
        return cli::misuse(&[why.to_owned()]);
    }
    if let Err(why) = name(&arguments.name) {
        return cli::misuse(&[format!("--name: {why}")]);
    }
    let made = if arguments.token { token(arguments) } else { password(arguments) };
    made.err().unwrap_or(Exit::Fine)
}

/// What can stand in the entry as it is.
fn name(name: &str) -> Result<(), String> {
    let fits = |c: char| c.is_alphanumeric() || "._@-".contains(c);
    if name.is_empty() || name.len() > 64 || !name.chars().all(fits) || !name.starts_with(char::is_alphanumeric) {
        return Err("it takes up to 64 letters, digits and . _ @ -, and begins with a letter or a digit".to_owned());
    }
    Ok(())
}

fn token(arguments: &Arguments) -> Result<(), Exit> {
    let token = new_token().map_err(|error| failed(&error))?;
    out::deliver(&entry(arguments, "token", &hash_token(&token)))?;
    out::complain(&format!("The token, shown this one time: {token}\n"));
    Ok(())
}

fn password(arguments: &Arguments) -> Result<(), Exit> {
    let secret = if io::stdin().is_terminal() { typed()? } else { piped()? };
    if secret.is_empty() {
        return Err(cli::misuse(&["the password is empty".to_owned()]));
    }
    if secret.chars().count() < SHORT {
        out::complain(&format!("Note: a password of fewer than {SHORT} characters is soon guessed.\n"));
    }
    let hash = hash_password(&secret).map_err(|error| failed(&error))?;
    out::deliver(&entry(arguments, "password", &hash))
}

fn failed(error: &HashError) -> Exit {
    out::complain(&format!("error: {error}\n"));
    Exit::Unavailable
}

/// A line of `access`. Neither a name, a PHC string nor a hash holds what YAML or a substitution would take for its own.
fn entry(arguments: &Arguments, kind: &str, secret: &str) -> String {
    let role = match arguments.role {
        Role::Viewer => "viewer",
        Role::Operator => "operator",
    };
    format!("- {{ name: \"{}\", role: {role}, {kind}: \"{secret}\" }}\n", arguments.name)
}

/// Twice, for nobody sees what they type.
fn typed() -> Result<String, Exit> {
    let first = asked("Password: ")?;
    if first == asked("Once more: ")? { Ok(first) } else { Err(cli::misuse(&["the two differ".to_owned()])) }
}

fn asked(prompt: &str) -> Result<String, Exit> {
    match terminal::read_hidden(prompt) {
        Ok(Typed::Line(line)) => text(line),
        Ok(Typed::Interrupted) => Err(Exit::Interrupted),
        Err(error) => Err(cli::misuse(&[format!("the terminal cannot be read ({error}): pipe the password in")])),
    }
}

/// One line; its end is not part of the secret.
fn piped() -> Result<String, Exit> {
    let mut bytes = Vec::new();
    let read = io::stdin().lock().take(LONGEST + 1).read_to_end(&mut bytes);
    read.map_err(|error| cli::misuse(&[format!("stdin cannot be read ({error})")]))?;
    if bytes.len() as u64 > LONGEST {
        return Err(cli::misuse(&[format!("the password is longer than {LONGEST} bytes")]));
    }
    let line = text(bytes)?;
    let line = line.strip_suffix('\n').unwrap_or(&line);
    let line = line.strip_suffix('\r').unwrap_or(line);
    if line.contains(['\n', '\r', '\0']) {
        return Err(cli::misuse(&["stdin holds more than one line: a password is one".to_owned()]));
    }
    Ok(line.to_owned())
}

fn text(bytes: Vec<u8>) -> Result<String, Exit> {
    String::from_utf8(bytes).map_err(|_| cli::misuse(&["the password is not UTF-8 text".to_owned()]))
}

#[cfg(test)]
mod tests {
    use super::name;

    #[test]
    fn names_stand_in_yaml_as_they_are() {
        for fine in ["anna", "ci-1", "a.b@example.com", "7", "änne"] {
            assert_eq!(name(fine), Ok(()), "{fine}");
        }
        for wrong in ["", "a b", "a\"b", "${X}", "-x", "a\n", "{a", &"x".repeat(65)] {
            assert!(name(wrong).is_err(), "{wrong:?}");
        }
    }
}
