//! Listeners of this test on loopback: each counts who connected.

use std::io::Read;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// A port where somebody answers for as long as the test lasts.
pub(crate) struct Post {
    pub(crate) address: SocketAddr,
    connected: Arc<AtomicU64>,
}

impl Post {
    pub(crate) fn new() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let connected = Arc::new(AtomicU64::new(0));
        let count = Arc::clone(&connected);
        // It ends with the process.
        std::thread::spawn(move || {
            for stream in listener.incoming() {
                count.fetch_add(1, Ordering::SeqCst);
                // The other side closes first, so that no port of this side waits.
                let _ = stream.and_then(|mut stream| stream.read(&mut [0]));
            }
        });
        Self { address, connected }
    }

    /// How often somebody connected.
    pub(crate) fn connected(&self) -> u64 {
        self.connected.load(Ordering::SeqCst)
    }
}
