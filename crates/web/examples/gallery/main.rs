//! Serves the pages over a made-up town, to be looked at: `cargo run --release -p allswell-web --example gallery -- [few|well|many|trouble] [dense] [links=CASE[:NODES]]`.
//!
//! `links` shows a mesh as well, in one of the cases of `mesh.rs`, such as `links=rack_down` or `links=degraded:96`.
//! The town has thirty days of history; `dense` writes all of it at the targets' own interval, to measure how long a page takes,
//! and `brief` leaves it out.
#![expect(clippy::print_stdout, reason = "it says where to look")]

mod alarm;
#[path = "../../src/sample/mesh.rs"]
mod mesh;
#[path = "../../src/sample/own.rs"]
mod own;
mod past;
mod program;
mod town;
mod weather;

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::link::Links;
use allswell_model::{NodeId, Policy, Timestamp};
use allswell_store::{Batch, Retention, Writer, open};
use allswell_web::{AccessList, Settings, router, serve};

use self::past::Episode;
use self::program::{Program, now};
use self::town::House;

type Trouble = Box<dyn Error + Send + Sync>;

#[tokio::main(flavor = "multi_thread")]
async fn main() -> Result<(), Trouble> {
    let asked = |word: &str| std::env::args().any(|arg| arg == word);
    let town = match (asked("many"), asked("trouble"), asked("well")) {
        (true, outage, _) => town::many(outage)?,
        (_, _, true) => town::well()?,
        _ => town::few()?,
    };
    let folder = tempfile::tempdir()?;
    let settings = allswell_store::Settings {
        path: folder.path().join("store"),
        node: NodeId::new("fra-1")?,
        location: "eu".into(),
        retention: Retention { raw: Duration::from_secs(31 * 86_400), ..Retention::default() },
    };
    let links = std::env::args().find_map(|arg| arg.strip_prefix("links=").map(links));
    let start = now();
    let days = if town.len() > 100 || asked("brief") { 0 } else { 30 };
    let (mut writer, reader) = open(&settings, past::begin(start, days))?;
    past::write(&mut writer, &town, (start, days), asked("dense"))?;
    alarm::raise(&mut writer, &town, start)?;

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let listen = listener.local_addr()?;
    println!("http://{listen}/");
    let settings = Settings { listen, allowed_hosts: Vec::new(), title: "fra-1".to_owned(), token: None, access: AccessList::default() };
    let pages = tokio::spawn(serve(listener, router(reader, Arc::new(Program { links }), settings), std::future::pending()));
    let mut ticks = tokio::time::interval(Policy::default().every);
    while !pages.is_finished() {
        ticks.tick().await;
        turn(&mut writer, &town)?;
    }
    Ok(())
}

type Drawn = Box<dyn Fn(Timestamp) -> Links + Send + Sync>;

/// The mesh of this case, and of so many nodes where they are said.
fn links(asked: &str) -> Drawn {
    let (case, count) = asked.split_once(':').map_or((asked, None), |(case, count)| (case, count.parse().ok()));
    let case = case.to_owned();
    Box::new(move |now| match (case.as_str(), count) {
        ("unheard", _) => mesh::unheard(now),
        (case, Some(count)) => mesh::many(count, case, now),
        (case, None) => mesh::mesh(case, now),
    })
}

/// One probe of every target, now.
fn turn(writer: &mut Writer, town: &[House]) -> Result<(), Trouble> {
    let at = now();
    let results: Vec<_> = town.iter().map(|house| Arc::new(weather::result(house, at, Episode::lasting(house, at, at)))).collect();
    writer.append(Batch { results: &results, ..Batch::default() }, at)?;
    writer.maintain(at)?;
    Ok(())
}
