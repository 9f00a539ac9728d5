//! What tokio by itself costs for the same: one thread, a task for each probe, nothing scheduled, judged or kept.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Instant;

use allswell_os::limits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::Semaphore;

use crate::epoll_floor::{AT_ONCE, REQUEST, Work, per_probe};
use crate::figures::{Figures, Trouble};
use crate::server::Manner;

/// The role.
pub(crate) fn run(work: Work) -> Result<Figures, Trouble> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let cpu = limits::cpu_time();
    let begun = Instant::now();
    runtime.block_on(all(work, begun))?;
    Ok(per_probe(limits::cpu_time().saturating_sub(cpu), work.probes, begun.elapsed()))
}

async fn all(work: Work, begun: Instant) -> Result<(), Trouble> {
    let places = Arc::new(Semaphore::new(AT_ONCE));
    for number in 0..work.probes {
        if work.rate > 0 {
            tokio::time::sleep_until(work.due(begun, number).into()).await;
        }
        let place = Arc::clone(&places).acquire_owned().await?;
        let peer = work.peers.peer(usize::try_from(number)?);
        tokio::spawn(async move {
            // A failure shows in the floor's run, which counts them.
            let _ = probe(work.manner, peer).await;
            drop(place);
        });
    }
    let _all = places.acquire_many(u32::try_from(AT_ONCE)?).await?;
    Ok(())
}

async fn probe(manner: Manner, peer: SocketAddr) -> std::io::Result<()> {
    let mut stream = TcpStream::connect(peer).await?;
    if manner == Manner::Http {
        stream.write_all(REQUEST).await?;
        let mut reply = [0; 4096];
        if stream.read(&mut reply).await? == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}
