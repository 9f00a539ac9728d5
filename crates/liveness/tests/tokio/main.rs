//! A stream of tokio's reads and writes as it did before it was watched.
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod calls;

use std::future::poll_fn;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::pin::Pin;

use allswell_liveness::Live;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt, ReadBuf};
use tokio::net::{TcpListener, TcpStream};

async fn pair() -> (Live<TcpStream>, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).await.unwrap();
    (Live::new(near).unwrap(), listener.accept().await.unwrap().0)
}

/// To fill 64 kB with zeroes for an answer of 64 bytes costs a tenth of the throughput.
#[tokio::test]
async fn only_the_room_that_is_used_is_written_to() {
    let (mut live, mut far) = pair().await;
    far.write_all(&[7; 64]).await.unwrap();
    let mut room = [MaybeUninit::uninit(); 65_536];
    let mut room = ReadBuf::uninit(&mut room);
    poll_fn(|context| Pin::new(&mut live).poll_read(context, &mut room)).await.unwrap();
    assert_eq!(room.filled(), [7; 64]);
    assert_eq!(room.initialized().len(), 64);
}

/// The kernel takes 1,024 at once and refuses more; std and tokio hand it no more than that.
#[tokio::test]
async fn many_parts_are_written_as_far_as_the_kernel_takes_them() {
    let (mut live, mut far) = pair().await;
    let parts = [IoSlice::new(b"abc"); 3000];
    assert_eq!(live.write_vectored(&parts).await.unwrap(), 3 * 1024);
    // It was not the buffer that was full, so the next write need not wait for room.
    assert_eq!(live.write_vectored(&parts).await.unwrap(), 3 * 1024);
    drop(live);
    let mut came = Vec::new();
    far.read_to_end(&mut came).await.unwrap();
    assert_eq!(came.len(), 2 * 3 * 1024);
}
