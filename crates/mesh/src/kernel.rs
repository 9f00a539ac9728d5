//! Asks peers' kernels whether they live: one ICMP echo at a time for each peer, over one socket a family.

use std::io;
use std::net::{IpAddr, SocketAddr};
use std::os::fd::{AsFd, BorrowedFd};

use allswell_link::ids::Node;
use allswell_os::icmp::{Batch, Family, Heard, Kind, Request, Socket, Way};

/// What replies must begin with: so that nobody's reply but to our own question is one.
const NONCE: usize = 16;

/// Room for other people's replies before ours: a raw socket hears those of its block of identifiers only.
const BATCHES_AT_ONCE: usize = 8;

/// One family's socket.
#[derive(Debug)]
struct Voice {
    socket: Socket,
    batch: Batch,
    id: u16,
}

/// A question that is out.
#[derive(Debug, Clone, Copy)]
struct Question {
    peer: Node,
    address: IpAddr,
    nonce: [u8; NONCE],
}

/// Asks, and knows whose answers are whose.
#[derive(Debug)]
pub(crate) struct Kernels {
    voices: [Option<Voice>; 2],
    /// By the lower bits of the sequence number: the last question under each.
    asked: Box<[Option<(u16, Question)>]>,
    next: u16,
    chance: u64,
}

/// So many questions are remembered; the oldest make room. There are fewer within a detection time.
const REMEMBERED: u16 = 4096;

impl Kernels {
    /// Opens what may be opened. `chance` makes the nonces unguessable.
    pub(crate) fn open(chance: u64) -> Self {
        let [first, second, ..] = chance.to_ne_bytes();
        let id = u16::from_ne_bytes([first, second]);
        Self { voices: [voice(Family::V4, id), voice(Family::V6, id)], asked: vec![None; REMEMBERED.into()].into(), next: 0, chance }
    }

    /// Whether any kernel can be asked.
    pub(crate) fn may_ask(&self) -> bool {
        self.voices.iter().any(Option::is_some)
    }

    /// What to wait on.
    pub(crate) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        self.voices.iter().flatten().map(|voice| voice.socket.as_fd())
    }

    /// Asks one. What prevents it is no answer either.
    pub(crate) fn ask(&mut self, peer: Node, mut to: SocketAddr) -> io::Result<()> {
        to.set_port(0);
        let address = to.ip();
        let nonce = self.nonce();
        let sequence = self.next;
        let Some(voice) = self.voices.get(usize::from(address.is_ipv6())).and_then(Option::as_ref) else {
            return Err(io::ErrorKind::Unsupported.into());
        };
        self.next = self.next.wrapping_add(1);
        if let Some(place) = self.asked.get_mut(usize::from(sequence % REMEMBERED)) {
            *place = Some((sequence, Question { peer, address, nonce }));
        }
        let request = Request { to, way: &Way::default(), hop_limit: None, id: voice.id, sequence, payload: &nonce, size: NONCE };
        // On a datagram socket the first call may tell of an earlier packet.
        voice.socket.send(&request).or_else(|_| voice.socket.send(&request))
    }

    /// Hears what came, and hands out the peers whose kernels answered.
    pub(crate) fn hear(&mut self, answered: &mut dyn FnMut(Node)) {
        let Self { voices, asked, .. } = self;
        for voice in voices.iter_mut().flatten() {
            for _ in 0..BATCHES_AT_ONCE {
                if voice.socket.receive(&mut voice.batch).is_err() {
                    break;
                }
                for heard in voice.batch.heard() {
                    let Heard::Reply(reply) = heard else { continue };
                    let Some(place) = asked.get_mut(usize::from(reply.sequence % REMEMBERED)) else { continue };
                    let ours = place.filter(|(sequence, question)| {
                        let same = *sequence == reply.sequence && reply.id == voice.id;
                        same && reply.from == question.address && reply.payload.starts_with(&question.nonce)
                    });
                    if let Some((_, question)) = ours {
                        *place = None;
                        answered(question.peer);
                    }
                }
            }
            // What routers complain of is silence, too.
            while voice.socket.receive_errors(&mut voice.batch).is_ok_and(|count| count > 0) {}
        }
    }

    fn nonce(&mut self) -> [u8; NONCE] {
        let mut nonce = [0; NONCE];
        for half in nonce.chunks_exact_mut(8) {
            self.chance = self.chance.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.chance ^ (self.chance >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            half.copy_from_slice(&(mixed ^ (mixed >> 31)).to_ne_bytes());
        }
        nonce
    }
}

/// The unprivileged way first.
fn voice(family: Family, id: u16) -> Option<Voice> {
    let open = |kind| Socket::open(family, kind, id, false).ok();
    let socket = open(Kind::Datagram).or_else(|| open(Kind::Raw))?;
    let (batch, id) = (Batch::new(&socket), socket.id());
    Some(Voice { socket, batch, id })
}
