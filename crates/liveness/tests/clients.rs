//! Clients that hide their connections: hyper's and tonic's, and a tokio stream, each with the handle beside it.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::convert::Infallible;
use std::io;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use allswell_liveness::{Connector, Handle, Live, State};
use bytes::Bytes;
use http_body_util::{BodyExt, Empty, Full};
use hyper::body::Incoming;
use hyper::service::service_fn;
use hyper::{Request, Response};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::{TokioExecutor, TokioIo};
use hyper_util::server::conn::auto;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

const SOON: Duration = Duration::from_secs(5);

/// Answers every request of one connection, and resets it when told to.
async fn server() -> (SocketAddr, oneshot::Sender<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let at = listener.local_addr().unwrap();
    let (reset, told) = oneshot::channel();
    tokio::spawn(async move {
        let (stream, _) = listener.accept().await.unwrap();
        stream.set_zero_linger().unwrap();
        let answer = service_fn(async |_: Request<Incoming>| Ok::<_, Infallible>(Response::new(Full::new(Bytes::from("yes")))));
        let builder = auto::Builder::new(TokioExecutor::new());
        tokio::select! {
            served = builder.serve_connection(TokioIo::new(stream), answer) => served.unwrap(),
            _ = told => {}
        }
    });
    (at, reset)
}

#[tokio::test]
async fn a_response_of_hyper_carries_the_handle_of_its_connection() {
    let (at, reset) = server().await;
    let client = Client::builder(TokioExecutor::new()).build::<_, Empty<Bytes>>(Connector::new(HttpConnector::new()));
    let response = client.get(format!("http://{at}/").parse().unwrap()).await.unwrap();
    let handle = response.extensions().get::<Handle>().unwrap().clone();
    assert_eq!(response.into_body().collect().await.unwrap().to_bytes(), "yes");
    assert_eq!((handle.peer(), handle.verdict().state), (Some(at), State::Alive));
    handle.reusable().unwrap();
    reset.send(()).unwrap();
    assert_eq!(timeout(SOON, handle.died()).await.unwrap().state, State::Reset);
}

#[tokio::test]
async fn tonic_takes_the_connector() {
    let (at, reset) = server().await;
    let kept: Arc<Mutex<Vec<Handle>>> = Arc::default();
    let keep = Arc::clone(&kept);
    let connector = Connector::new(HttpConnector::new()).on_connect(move |handle| keep.lock().unwrap().push(handle));
    let endpoint = tonic::transport::Endpoint::from_shared(format!("http://{at}")).unwrap();
    let _channel = timeout(SOON, endpoint.connect_with_connector(connector)).await.unwrap().unwrap();
    let handle = kept.lock().unwrap().pop().unwrap();
    assert_eq!(handle.verdict().state, State::Alive);
    reset.send(()).unwrap();
    assert!(timeout(SOON, handle.died()).await.unwrap().state.is_end());
}

async fn pair() -> (Live<TcpStream>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (Live::new(near).unwrap(), listener.accept().await.unwrap().0)
}

#[tokio::test]
async fn an_end_by_reset_is_no_end_of_the_answer() {
    let (mut near, mut far) = pair().await;
    far.write_all(b"half an ans").await.unwrap();
    let mut half = [0; 11];
    near.read_exact(&mut half).await.unwrap();
    far.set_zero_linger().unwrap();
    drop(far);
    // Somebody asks first, which takes the error from the kernel: the reader is told all the same.
    let verdict = timeout(SOON, near.handle().died()).await.unwrap();
    assert_eq!(verdict.state, State::Reset);
    for _ in 0..2 {
        let error = near.read(&mut [0; 8]).await.unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::ConnectionReset);
        assert_eq!(error.to_string(), verdict.to_string());
        assert_eq!(near.write(b"more").await.unwrap_err().kind(), io::ErrorKind::ConnectionReset);
    }
}

#[tokio::test]
async fn a_call_can_be_selected_beside_the_end() {
    let (near, far) = pair().await;
    let handle = near.handle();
    let call = std::future::pending::<()>();
    far.set_zero_linger().unwrap();
    drop(far);
    let state = tokio::select! {
        () = call => None,
        verdict = timeout(SOON, handle.died()) => Some(verdict.unwrap().state),
    };
    assert_eq!(state, Some(State::Reset));
}

#[tokio::test]
async fn bytes_flow_both_ways_also_in_parts() {
    let (mut near, mut far) = pair().await;
    let parts = [io::IoSlice::new(b"two "), io::IoSlice::new(b"parts")];
    assert_eq!(near.write_vectored(&parts).await.unwrap(), 9);
    near.flush().await.unwrap();
    near.shutdown().await.unwrap();
    let mut came = String::new();
    far.read_to_string(&mut came).await.unwrap();
    assert_eq!(came, "two parts");
    far.write_all(b"back").await.unwrap();
    drop(far);
    came.clear();
    near.read_to_string(&mut came).await.unwrap();
    assert_eq!(came, "back");
    assert_eq!(near.handle().verdict().state, State::ClosedInOrder);
}
