//! Something that listens: it takes every connection and holds it for a while, until it is dropped.

use std::collections::VecDeque;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;

/// So many connections are held; the oldest goes. What is never taken would fill the kernel's queue.
const HELD: usize = 512;

/// A listener with a thread of its own.
pub(crate) struct Taker {
    pub(crate) at: SocketAddr,
    ends: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Taker {
    /// Listens here; on a free port where none is named.
    pub(crate) fn at(at: SocketAddr) -> Self {
        let listener = TcpListener::bind(at).unwrap();
        let at = listener.local_addr().unwrap();
        let ends = Arc::new(AtomicBool::new(false));
        let thread = std::thread::spawn({
            let ends = Arc::clone(&ends);
            move || take(&listener, &ends)
        });
        Self { at, ends, thread: Some(thread) }
    }

    /// On a free port.
    pub(crate) fn anywhere() -> Self {
        Self::at(SocketAddr::from(([127, 0, 0, 1], 0)))
    }
}

fn take(listener: &TcpListener, ends: &AtomicBool) {
    let mut held: VecDeque<TcpStream> = VecDeque::new();
    while let Ok((stream, _)) = listener.accept() {
        if ends.load(Ordering::SeqCst) {
            break;
        }
        held.push_back(stream);
        if held.len() > HELD {
            held.pop_front();
        }
    }
}

impl Drop for Taker {
    fn drop(&mut self) {
        self.ends.store(true, Ordering::SeqCst);
        // Wakes it; the listener ends with its thread.
        drop(TcpStream::connect(self.at));
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}
