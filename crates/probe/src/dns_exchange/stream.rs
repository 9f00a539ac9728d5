//! A question over a stream, each message behind its length in two bytes (RFC 1035, section 4.2.2; the same under TLS, RFC 7858).

use std::io;
use std::net::SocketAddr;
use std::time::Instant;

use allswell_os::socket::{self, Via};
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::TcpStream;

use super::question::{Question, Stranger};
use super::reply::Reply;
use super::trouble::Trouble;

/// More messages than this that are not the answer end the exchange: somebody talks, but not with us.
const MOST_FOREIGN: u32 = 16;

/// A question over one stream.
#[derive(Debug)]
pub(crate) struct Stream<'a, S> {
    stream: S,
    question: &'a Question,
    id: u16,
    sent: Option<Instant>,
    /// Answers that were not ours: another id, another question.
    pub(crate) foreign: u32,
}

impl<'a> Stream<'a, TcpStream> {
    /// Connects for a resolver's sake, where nobody counts stages.
    pub(crate) async fn connect(peer: SocketAddr, via: &Via, question: &'a Question) -> Result<Self, Trouble> {
        let socket = socket::begin_connect(peer, via).map_err(Trouble::NotStarted)?;
        let stream = TcpStream::from_std(socket).map_err(Trouble::System)?;
        stream.writable().await.map_err(Trouble::System)?;
        match stream.take_error().map_err(Trouble::System)? {
            Some(error) => Err(Trouble::System(error)),
            None => Self::over(stream, question),
        }
    }
}

impl<'a, S: AsyncRead + AsyncWrite + Unpin> Stream<'a, S> {
    /// Over a stream that stands.
    pub(crate) fn over(stream: S, question: &'a Question) -> Result<Self, Trouble> {
        let [low, high, ..] = getrandom::u32().map_err(|why| Trouble::System(io::Error::other(why)))?.to_ne_bytes();
        Ok(Self { stream, question, id: u16::from_ne_bytes([low, high]), sent: None, foreign: 0 })
    }

    /// Sends length and query in one write, so that they share a segment.
    pub(crate) async fn send(&mut self) -> Result<(), Trouble> {
        let query = self.question.encode(self.id).map_err(Trouble::NotDns)?;
        let length = u16::try_from(query.len()).map_err(|why| Trouble::NotDns(why.to_string()))?;
        let mut framed = length.to_be_bytes().to_vec();
        framed.extend_from_slice(&query);
        self.stream.write_all(&framed).await.map_err(Trouble::System)?;
        self.stream.flush().await.map_err(Trouble::System)?;
        self.sent = Some(Instant::now());
        Ok(())
    }

    /// Reads until the answer is there.
    pub(crate) async fn reply(&mut self) -> Result<Reply, Trouble> {
        self.reply_beside(&|_| {}).await
    }

    /// The same; each message that is not the answer is told when it comes.
    pub(crate) async fn reply_beside(&mut self, tell: &(dyn Fn(&Stranger) + Sync)) -> Result<Reply, Trouble> {
        while self.foreign < MOST_FOREIGN {
            let bytes = self.message().await?;
            match self.question.read(std::iter::once(self.id), &bytes) {
                Ok((_, message)) if message.metadata.truncation => {
                    return Err(Trouble::NotDns("it is cut, although a stream has room for all of it".into()));
                }
                Ok((_, message)) => {
                    return Ok(Reply { message, rtt: self.sent.map_or_else(Default::default, |sent| sent.elapsed()) });
                }
                Err(stranger @ Stranger::Foreign) => {
                    tell(&stranger);
                    self.foreign += 1;
                }
                Err(Stranger::Noise) => return Err(Trouble::NotDns(format!("{} bytes of something else", bytes.len()))),
                Err(Stranger::Garbled(why)) => return Err(Trouble::NotDns(why)),
            }
        }
        Err(Trouble::NotDns(format!("{} answers to other questions", self.foreign)))
    }

    async fn message(&mut self) -> Result<Vec<u8>, Trouble> {
        let mut length = [0; 2];
        self.fill(&mut length, 0).await?;
        let mut bytes = vec![0; usize::from(u16::from_be_bytes(length))];
        self.fill(&mut bytes, length.len()).await?;
        Ok(bytes)
    }

    /// Fills the buffer; `before` bytes of the message were read already.
    async fn fill(&mut self, buffer: &mut [u8], before: usize) -> Result<(), Trouble> {
        let mut filled = 0;
        while let Some(rest) = buffer.get_mut(filled..).filter(|rest| !rest.is_empty()) {
            match self.stream.read(rest).await.map_err(Trouble::System)? {
                0 => return Err(Trouble::Closed(before + filled)),
                n => filled += n,
            }
        }
        Ok(())
    }
}
