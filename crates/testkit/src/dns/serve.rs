//! Datagrams and streams, as the script says.

use std::net::SocketAddr;
use std::sync::Arc;

use hickory_proto::op::{Message, Query, ResponseCode};
use hickory_proto::rr::Name;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};
use tokio::net::{TcpListener, UdpSocket};
use tokio::task::JoinSet;
use tokio_rustls::TlsAcceptor;

use super::act::{Act, Answer};
use super::{Asked, Script, Transport};

/// Answers datagrams until it is dropped.
pub(crate) async fn datagrams(socket: Arc<UdpSocket>, script: Arc<Script>) {
    let mut held = JoinSet::new();
    let mut buffer = [0; 4096];
    while let Ok((length, from)) = socket.recv_from(&mut buffer).await {
        let Some((id, query, asked)) = read(buffer.get(..length).unwrap_or_default(), from, Transport::Udp) else { continue };
        let act = script.act(&asked);
        if let Act::Held(answer) = act {
            let (socket, script) = (Arc::clone(&socket), Arc::clone(&script));
            held.spawn(async move {
                script.released().await;
                let _ = socket.send_to(&answer.to(id, &query), from).await;
            });
            continue;
        }
        if let Act::OtherPort { lie, .. } = &act {
            let stranger = UdpSocket::bind((socket.local_addr().unwrap().ip(), 0)).await.unwrap();
            let _ = stranger.send_to(&lie.to(id, &query), from).await;
        }
        for datagram in by_datagram(act, id, &query) {
            let _ = socket.send_to(&datagram, from).await;
        }
    }
}

fn by_datagram(act: Act, id: u16, query: &Query) -> Vec<Vec<u8>> {
    match act {
        Act::Silent | Act::Held(_) | Act::InTurn(_) | Act::Close | Act::CloseHalfway(_) => Vec::new(),
        Act::Answer(answer) | Act::OtherPort { then: answer, .. } => vec![answer.to(id, query)],
        Act::Truncated(_) => vec![truncated(Answer::code(ResponseCode::NoError).to(id, query))],
        Act::CutShort(answer) => {
            let mut bytes = truncated(answer.to(id, query));
            bytes.truncate(bytes.len().saturating_sub(3));
            vec![bytes]
        }
        Act::WrongId(answer) => vec![answer.to(id.wrapping_add(1), query), answer.to(id, query)],
        Act::WrongQuestion(answer) => {
            let other = Query::query(Name::from_ascii("other.example.").unwrap(), query.query_type());
            vec![answer.to(id, &other), answer.to(id, query)]
        }
        Act::Bytes { with_id, bytes } => vec![raw(with_id, bytes, id)],
    }
}

/// Sets the TC bit.
fn truncated(mut message: Vec<u8>) -> Vec<u8> {
    if let Some(flags) = message.get_mut(2) {
        *flags |= 0x02;
    }
    message
}

fn raw(with_id: bool, bytes: Vec<u8>, id: u16) -> Vec<u8> {
    if with_id { [id.to_be_bytes().to_vec(), bytes].concat() } else { bytes }
}

/// Accepts streams until it is dropped.
pub(crate) async fn streams(listener: TcpListener, script: Arc<Script>) {
    let mut open = JoinSet::new();
    while let Ok((stream, from)) = listener.accept().await {
        open.spawn(stream_of(stream, from, Arc::clone(&script)));
    }
}

/// Accepts streams under TLS until it is dropped; one whose handshake fails is closed.
pub(crate) async fn secured(listener: TcpListener, acceptor: TlsAcceptor, script: Arc<Script>) {
    let mut open = JoinSet::new();
    while let Ok((stream, from)) = listener.accept().await {
        let (acceptor, script) = (acceptor.clone(), Arc::clone(&script));
        open.spawn(async move {
            if let Ok(stream) = acceptor.accept(stream).await {
                stream_of(stream, from, script).await;
            }
        });
    }
}

async fn stream_of<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, from: SocketAddr, script: Arc<Script>) {
    while let Ok(length) = stream.read_u16().await {
        let mut bytes = vec![0; usize::from(length)];
        if stream.read_exact(&mut bytes).await.is_err() {
            return;
        }
        let Some((id, query, asked)) = read(&bytes, from, Transport::Tcp) else { return };
        let messages = match script.act(&asked) {
            Act::Close => return,
            Act::CloseHalfway(answer) => {
                let framed = framed(&answer.to(id, &query));
                let _ = stream.write_all(framed.get(..framed.len() / 2).unwrap_or_default()).await;
                let _ = stream.shutdown().await;
                return;
            }
            Act::Held(answer) => {
                script.released().await;
                vec![answer.to(id, &query)]
            }
            Act::Truncated(answer) | Act::CutShort(answer) => vec![answer.to(id, &query)],
            act => by_datagram(act, id, &query),
        };
        for message in messages {
            if stream.write_all(&framed(&message)).await.is_err() {
                return;
            }
        }
        let _ = stream.flush().await;
    }
}

fn framed(message: &[u8]) -> Vec<u8> {
    [&u16::try_from(message.len()).unwrap().to_be_bytes(), message].concat()
}

fn read(bytes: &[u8], from: SocketAddr, transport: Transport) -> Option<(u16, Query, Asked)> {
    let message = Message::from_vec(bytes).ok()?;
    let query = message.queries.first()?.clone();
    let asked = Asked {
        name: query.name().to_lowercase().to_ascii(),
        kind: query.query_type(),
        transport,
        from,
        id: message.metadata.id,
        recursion: message.metadata.recursion_desired,
        payload: message.edns.as_ref().map(hickory_proto::op::Edns::max_payload),
    };
    Some((message.metadata.id, query, asked))
}
