//! The way that packets leave: source, interface and mark, each packet's own on one shared socket.

use std::net::IpAddr;
use std::sync::mpsc;

use allswell_testkit::echo::Responder;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::ask::{Ask, BRIEF, Prober, met, shown, sockets, with_each_kind};

#[test]
fn a_source_of_ones_own() {
    inside(|| {
        let path = met();
        path.client.ip("addr add 10.77.1.50/24 dev c0\naddr add fd77:1::50/64 dev c0 nodad\n");
        let (seen, sources) = mpsc::channel();
        let _responder = Responder::start(&path.server, move |request| {
            seen.send(request.from).unwrap();
            vec![request.reply()]
        });
        with_each_kind(&path, |prober| {
            for (target, source) in [(Path::SERVER, "10.77.1.50"), (Path::SERVER6, "fd77:1::50")] {
                prober.expect(Ask::of(target).by(&[("source", source)]), "up");
                assert_eq!(sources.recv().unwrap(), source.parse::<IpAddr>().unwrap());
            }
            for (target, source) in [(Path::SERVER, "10.77.1.200"), (Path::SERVER6, "fd77:1::200")] {
                let result = prober.expect(Ask::of(target).by(&[("source", source)]), "unknown send no_source_address");
                assert!(result.reason.starts_with(&format!("Not probed: {source} is not an address of this host")), "{}", result.reason);
            }
        });
    });
}

#[test]
fn an_interface_of_ones_own() {
    inside(|| {
        let path = met();
        with_each_kind(&path, |prober| {
            prober.expect(Ask::of(Path::SERVER).by(&[("interface", "c0")]), "up");
            prober.expect(Ask::of(Path::SERVER6).by(&[("interface", "c0")]), "up");
            prober.expect(Ask::of(Path::SERVER).by(&[("interface", "eth7")]), "unknown send no_route");
            prober.expect(Ask::of(Path::SERVER6).by(&[("interface", "lo")]), "unknown send no_route");
        });
    });
}

#[test]
fn a_mark_of_ones_own() {
    inside(|| {
        let path = met();
        path.client.ip("rule add fwmark 7 table 7\nroute add blackhole default table 7\n");
        path.client.must("ip", &["-6", "rule", "add", "fwmark", "7", "table", "7"]);
        path.client.must("ip", &["-6", "route", "add", "blackhole", "default", "table", "7"]);
        with_each_kind(&path, |prober| {
            for target in [Path::SERVER, Path::SERVER6] {
                prober.expect(Ask::of(target).by(&[("mark", "8")]), "up");
                prober.expect(Ask::of(target).by(&[("mark", "7")]), "unknown send no_route");
                prober.expect(Ask::of(target), "up");
            }
        });
    });
}

#[test]
fn one_socket_for_all_and_none_when_they_are_gone() {
    inside(|| {
        let path = met();
        let prober = Prober::new();
        let results = prober.runtime.block_on(async {
            let asks = (1..=200_u8).map(|n| Ask::of([127, 7, 7, n].into())).chain([Ask::of(Path::SERVER), Ask::of(Path::SERVER6)]);
            let silent = (1..=50_u8).map(|n| Ask::of([10, 77, 2, n + 100].into()).within(BRIEF / 5));
            futures_util::future::join_all(asks.chain(silent).map(|ask| prober.probe(ask))).await
        });
        assert_eq!(results.iter().filter(|result| shown(result) == "up").count(), 202);
        assert_eq!(results.iter().filter(|result| shown(result) == "down reply timed_out").count(), 50);
        assert_eq!([sockets("raw"), sockets("raw6")], [1, 1]);
        let Prober { runtime, environment } = prober;
        drop(environment);
        // What is aborted ends at the runtime's next turn.
        runtime.block_on(tokio::task::yield_now());
        assert_eq!([sockets("raw"), sockets("raw6")], [0, 0]);
        drop(path);
    });
}
