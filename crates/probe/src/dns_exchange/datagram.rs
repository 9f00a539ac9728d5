//! A question by UDP: a fresh connected socket (so that the kernel keeps other senders out) and a fresh id for each sending.

use std::io;
use std::net::SocketAddr;
use std::os::fd::AsFd;
use std::time::Instant;

use allswell_os::error_queue::{self, Said};
use allswell_os::socket::{self, Via};
use tokio::io::Interest;
use tokio::net::UdpSocket;

use super::question::{Question, Stranger};
use super::reply::Reply;
use super::trouble::Trouble;

/// The largest datagram that we take; EDNS never asks for more.
pub(crate) const LARGEST: usize = 4096;

/// A question that was sent, or is about to be.
#[derive(Debug)]
pub(crate) struct Asking<'a> {
    socket: UdpSocket,
    question: &'a Question,
    sent: Vec<(u16, Instant)>,
    /// Answers that were not ours: another id, another question.
    pub(crate) foreign: u32,
    /// Datagrams from the server that were not DNS.
    pub(crate) noise: u32,
}

impl<'a> Asking<'a> {
    /// Opens the socket; nothing is sent yet.
    pub(crate) fn open(peer: SocketAddr, via: &Via, question: &'a Question) -> Result<Self, Trouble> {
        let socket = socket::datagram(peer, via).map_err(Trouble::NotStarted)?;
        let socket = UdpSocket::from_std(socket).map_err(Trouble::System)?;
        Ok(Self { socket, question, sent: Vec::new(), foreign: 0, noise: 0 })
    }

    /// How often it was sent.
    pub(crate) fn count(&self) -> usize {
        self.sent.len()
    }

    /// Sends the question, with an id that was not used before.
    pub(crate) async fn send(&mut self) -> Result<(), Trouble> {
        let id = self.fresh_id()?;
        let query = self.question.encode(id).map_err(Trouble::NotDns)?;
        self.sent.push((id, Instant::now()));
        match self.socket.send(&query).await {
            Ok(_) => Ok(()),
            Err(error) => Err(self.said(error)),
        }
    }

    fn fresh_id(&self) -> Result<u16, Trouble> {
        loop {
            let [low, high, ..] = getrandom::u32().map_err(|why| Trouble::System(io::Error::other(why)))?.to_ne_bytes();
            let id = u16::from_ne_bytes([low, high]);
            if self.sent.iter().all(|(used, _)| *used != id) {
                return Ok(id);
            }
        }
    }

    /// Waits for the answer to any of the sendings. May be cancelled and called again.
    pub(crate) async fn reply(&mut self) -> Result<Reply, Trouble> {
        self.reply_beside(&|_| {}).await
    }

    /// The same; each datagram that is not the answer is told when it comes, since who waits may stop waiting at any time.
    pub(crate) async fn reply_beside(&mut self, tell: &(dyn Fn(&Stranger) + Sync)) -> Result<Reply, Trouble> {
        loop {
            let ready = self.socket.ready(Interest::READABLE | Interest::ERROR).await.map_err(Trouble::System)?;
            if ready.is_error() {
                self.check()?;
            }
            if let Some(reply) = self.take(tell)? {
                return Ok(reply);
            }
        }
    }

    /// Takes one datagram. It is short of awaits so that the buffer is not part of the future.
    fn take(&mut self, tell: &dyn Fn(&Stranger)) -> Result<Option<Reply>, Trouble> {
        let mut buffer = [0_u8; LARGEST];
        let length = match self.socket.try_recv(&mut buffer) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(None),
            Err(error) => return Err(self.said(error)),
        };
        let now = Instant::now();
        match self.question.read(self.sent.iter().map(|(id, _)| *id), buffer.get(..length).unwrap_or_default()) {
            Ok((at, message)) => {
                let rtt = self.sent.get(at).map_or_else(Default::default, |(_, sent)| now - *sent);
                return Ok(Some(Reply { message, rtt }));
            }
            Err(Stranger::Garbled(why)) => return Err(Trouble::NotDns(why)),
            Err(stranger) => {
                tell(&stranger);
                let counter = if stranger == Stranger::Noise { &mut self.noise } else { &mut self.foreign };
                *counter += 1;
            }
        }
        Ok(None)
    }

    /// The socket was woken for an error: whose word it is stands in the error queue.
    fn check(&self) -> Result<(), Trouble> {
        let queued = error_queue::drain(self.socket.as_fd()).unwrap_or_default();
        if let Some(said) = queued.into_iter().find(|said| matches!(said.said, Said::Icmp | Said::Icmp6 | Said::Local)) {
            return Err(Trouble::Said(said));
        }
        if let Some(error) = self.socket.take_error().map_err(Trouble::System)? {
            return Err(Trouble::System(error));
        }
        // Nothing was there: the next wait is for a new event.
        let _ = self.socket.try_io(Interest::ERROR, || Err::<(), _>(io::Error::from(io::ErrorKind::WouldBlock)));
        Ok(())
    }

    fn said(&self, error: io::Error) -> Trouble {
        self.check().err().unwrap_or(Trouble::System(error))
    }
}
