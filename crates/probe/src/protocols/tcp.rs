//! TCP: a connection, and what becomes of it.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use allswell_model::{DownCause, Field, Kind, Stage, Unit};
use futures_util::FutureExt;
use futures_util::future::BoxFuture;
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;

use crate::attempt::Attempt;
use crate::connect;
use crate::dialog::Dialog;
use crate::failure::{Failure, shown};
use crate::locator::Endpoint;
use crate::protocol::{Declaration, Probe, Protocol, Request, Scheme};
use allswell_model::quantity::{milliseconds, spoken};
use allswell_model::settings::{Mistake, SettingKind, SettingSpec};

/// The protocol `tcp`.
pub(crate) struct Tcp;

const HOLD: Stage = Stage::new("hold");

static DECLARATION: Declaration = Declaration {
    name: "tcp",
    schemes: &[Scheme { name: "tcp", port: Some(0) }],
    takes: &[],
    doc: "a TCP connection: refused, prohibited and silent told apart; held open or spoken to where asked",
    settings: &[
        SettingSpec {
            name: "hold",
            kind: SettingKind::Duration(Duration::ZERO, Duration::from_secs(60)),
            default: Some("0s"),
            doc: "keep the connection this long and see whether the peer keeps it too: a proxy without backends accepts, then closes",
        },
        SettingSpec {
            name: "dialog",
            kind: SettingKind::List,
            default: None,
            doc: "steps in order, each with `send` or `send_hex`, and `expect` (a regex), `expect_text` or `expect_hex`",
        },
    ],
    fields: &[
        Field::measurement("connect_ms", Kind::Number, Unit::Milliseconds, "from the first SYN to the connection"),
        Field::transient("received", Kind::Text, "what the peer sent during hold and dialog, not UTF-8 replaced, at most 64 KiB"),
    ],
    defaults: &[],
    example: "tcp://127.0.0.1:5432",
    words: &[
        ("hold", "the connection stands and is kept to see whether the peer keeps it"),
        ("dialog", "what is sent and expected, step by step"),
    ],
};

impl Protocol for Tcp {
    fn declaration(&self) -> &'static Declaration {
        &DECLARATION
    }

    fn prepare(&self, request: &Request<'_>) -> Result<Box<dyn Probe>, Vec<Mistake>> {
        Ok(Box::new(TcpProbe {
            endpoint: request.locator.endpoint.clone(),
            hold: request.settings.duration("hold").unwrap_or_default(),
            dialog: Dialog::read(request.settings.list("dialog"))?,
            wants_received: (request.named)("received"),
        }))
    }
}

struct TcpProbe {
    endpoint: Endpoint,
    hold: Duration,
    dialog: Dialog,
    wants_received: bool,
}

impl Probe for TcpProbe {
    fn endpoint(&self) -> &Endpoint {
        &self.endpoint
    }

    fn exchange<'a>(&'a self, attempt: &'a mut Attempt, peer: SocketAddr) -> BoxFuture<'a, Result<(), Failure>> {
        self.talk(attempt, peer).boxed()
    }
}

impl TcpProbe {
    async fn talk(&self, attempt: &mut Attempt, peer: SocketAddr) -> Result<(), Failure> {
        let (mut stream, took) = connect::tcp(attempt, peer).await?;
        attempt.measure("connect_ms", milliseconds(took));
        attempt.facts(format!("connected in {}", spoken(took)));
        let mut received = Vec::new();
        if !self.dialog.is_empty() {
            attempt.enter(Stage::new("dialog"));
            self.dialog.speak(attempt, &mut stream, &mut received).await?;
            attempt.facts(format!("connected in {}, {} as expected", spoken(took), self.dialog.counted()));
        }
        if !self.hold.is_zero() {
            attempt.enter(HOLD);
            hold(attempt, &mut stream, self.hold, &mut received).await.map_err(|end| end.into_failure(peer))?;
            attempt.facts(format!("connected in {}, kept open for {}", spoken(took), spoken(self.hold)));
        }
        if self.wants_received {
            attempt.expose("received", String::from_utf8_lossy(&received).into_owned());
        }
        Ok(())
    }
}

/// How a held connection ended before its time.
enum End {
    Closed(Duration),
    Reset(Duration),
}

impl End {
    fn into_failure(self, peer: SocketAddr) -> Failure {
        let at = shown(peer);
        match self {
            Self::Closed(after) => Failure::down(
                HOLD,
                DownCause::CLOSED,
                format!("{at} accepted, then closed after {}: often a proxy without backends.", spoken(after)),
            ),
            Self::Reset(after) => Failure::down(
                HOLD,
                DownCause::RESET,
                format!("{at} accepted, then reset after {}: often a proxy without backends, or a full service.", spoken(after)),
            ),
        }
        .said_by(peer.ip())
    }
}

/// More than this of what a peer says unasked is not kept.
const RECEIVED_LIMIT: usize = 64 * 1024;

/// Waits until the peer ends the connection or the time is over; what it sends meanwhile is kept.
async fn hold(attempt: &Attempt, stream: &mut TcpStream, time: Duration, received: &mut Vec<u8>) -> Result<(), End> {
    let begun = Instant::now();
    let until = (begun + time).min(attempt.deadline());
    let mut buffer = [0_u8; 4096];
    loop {
        match tokio::time::timeout_at(until.into(), stream.read(&mut buffer)).await {
            Err(_) => return Ok(()),
            Ok(Ok(0)) => return Err(End::Closed(begun.elapsed())),
            Ok(Err(_)) => return Err(End::Reset(begun.elapsed())),
            Ok(Ok(n)) => {
                let room = RECEIVED_LIMIT.saturating_sub(received.len());
                received.extend(buffer.iter().take(n.min(room)));
            }
        }
    }
}

#[cfg(test)]
mod tests;
