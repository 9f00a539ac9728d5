//! What this executable does in another role: the server, and each contender in a process of its own.

use crate::engine_load::{self, Load, Protocol};
use crate::epoll_floor::{self, Work};
use crate::figures::{Figures, Trouble};
use crate::server::{self, Manner, Peers};
use crate::{child, say, tokio_floor};

/// Plays the role, and prints its figures.
pub(crate) fn play(words: &[&str]) -> Result<(), Trouble> {
    allswell_os::limits::raise_descriptors()?;
    if let ["serve", manner] = words {
        return server::serve(Manner::of(manner));
    }
    child::end_with_parent();
    let figures = match words {
        ["epoll", manner, told @ ..] => epoll_floor::run(work(manner, told)?)?,
        ["tokio", manner, told @ ..] => tokio_floor::run(work(manner, told)?)?,
        ["engine", protocol, told @ ..] => engine_load::run(&Load::heard(Protocol::of(protocol)?, &Figures::parse(&told.join(" "))?)?)?,
        _ => return Err(format!("no such role: {}", words.join(" ")).into()),
    };
    say(&figures.to_string());
    Ok(())
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "counts and a port, as this bench wrote them")]
fn work(manner: &str, told: &[&str]) -> Result<Work, Trouble> {
    let told = Figures::parse(&told.join(" "))?;
    Ok(Work {
        manner: Manner::of(manner),
        peers: Peers { port: told.of("port")? as u16 },
        probes: told.of("probes")? as u64,
        rate: told.of("rate")? as u64,
    })
}
