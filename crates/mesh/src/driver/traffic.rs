//! What comes and what goes: packets, the kernel's stamps and refusals, the answers of peers' kernels.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use allswell_link::dropped::Dropped;
use allswell_link::endpoint::{Arrival, Endpoint, Received};
use allswell_link::ids::Node;
use allswell_link::machine::Event;
use allswell_link::time::Moment;

use super::{Driver, Ready, now};
use crate::board::Board;
use crate::sockets::{Came, News};

/// So much may be read in one round before what is due gets its turn. A flood must not hold up the timers of links that live.
const PACKETS_A_ROUND: usize = 256;

impl Driver {
    /// Reads what has come; says up to when all of it is known now.
    pub(super) fn read(&mut self, ready: Ready) -> Moment {
        let Self { sockets, batch, endpoint, board, kernels, by_address, packets, .. } = self;
        let mut wants = ready.packets;
        if ready.answers {
            kernels.hear(&mut |peer| {
                endpoint.tell(now(), peer, Event::KernelAnswered);
                board.kernel_answered(peer, now());
            });
        }
        if ready.news {
            // An error that has no entry is taken by the next call that reads; until then the socket would wake us again and again.
            wants |= !sockets.told(&mut |news| take_news(news, (endpoint, board), by_address));
        }
        if !wants {
            return Moment(u64::MAX);
        }
        sockets.receive(batch, PACKETS_A_ROUND, &mut |came: Came<'_>| {
            *packets += 1;
            let arrival = Arrival { from: came.from, at: came.at, stamp: came.stamp };
            match endpoint.receive(&arrival, came.bytes) {
                Ok(Received::Report(peer, content)) => board.report(came.at, peer, content),
                Err(Dropped::Mac | Dropped::UnknownKey) => {
                    by_address.get(&came.from).into_iter().for_each(|peer| board.strange(*peer, came.at));
                }
                Ok(Received::Taken) | Err(_) => {}
            }
        })
    }

    /// Sends what wants to be sent, and hands on what happened.
    pub(super) fn flush(&mut self) {
        let Self { sockets, endpoint, board, kernels, by_address, .. } = self;
        let moment = now();
        let mut any = false;
        while let Some(packet) = endpoint.transmit() {
            any = true;
            let sent = sockets.send(packet.to, &packet.bytes, packet.probe);
            if sent.is_err() || board.is_hindered() {
                by_address.get(&packet.to).into_iter().for_each(|peer| board.hindered(*peer, sent));
            }
            packet.probe.iter().for_each(|probe| board.sent(probe, moment));
        }
        while let Some((peer, address)) = endpoint.question() {
            // An address of a link alone needs its scope.
            let to = endpoint.link(peer).map(allswell_link::machine::Link::address).filter(|to| to.ip() == address);
            if kernels.ask(peer, to.unwrap_or(SocketAddr::new(address, 0))).is_err() {
                endpoint.tell(moment, peer, Event::KernelUnasked);
            }
        }
        while let Some(heard) = endpoint.heard() {
            board.heard(&heard);
        }
        while let Some((peer, happening)) = endpoint.happening() {
            board.happened(moment, (peer, &happening), endpoint);
        }
        // On most devices the stamps are there as soon as the packets are sent: whoever takes them now is not woken for them.
        if any {
            sockets.told(&mut |news| take_news(news, (endpoint, board), by_address));
        }
    }
}

fn take_news(news: News, (endpoint, board): (&mut Endpoint, &mut Board), by_address: &BTreeMap<SocketAddr, Node>) {
    match news {
        // The peer is told when it left, and the round trip is measured from there.
        News::Left(probe, stamp) => {
            endpoint.sent(&probe, stamp);
            board.left(&probe, stamp);
        }
        News::Refused(address) => {
            if let Some(peer) = by_address.get(&address) {
                endpoint.tell(now(), *peer, Event::Refused);
                board.refused(*peer, now());
            }
        }
    }
}
