//! What comes back: replies, forged ones, none, and ICMP errors.

use std::net::IpAddr;
use std::time::Duration;

use allswell_testkit::echo::{Answer, Request, Responder};
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;

use crate::ask::{Ask, BRIEF, Pairs, Prober, counts, figure, met, with_each_kind};

const BOTH: [IpAddr; 2] = [Path::SERVER, Path::SERVER6];
const OTHER: [&str; 2] = ["10.77.2.3", "fd77:2::3"];
const THREE: Pairs<'_> = &[("count", "3"), ("gap", "20ms")];

fn other(than: IpAddr) -> IpAddr {
    OTHER.iter().map(|text| text.parse().unwrap()).find(|it: &IpAddr| it.is_ipv4() == than.is_ipv4()).unwrap()
}

/// The server has a second address of each family, and answers as told.
fn answering(path: &Path, mut answer: impl FnMut(&Request) -> Vec<Answer> + Send + 'static) -> Responder {
    path.server.ip("addr replace 10.77.2.3/24 dev s0\naddr replace fd77:2::3/64 dev s0 nodad\n");
    Responder::start(&path.server, move |request| {
        let usual = if request.from.is_ipv4() { Path::SERVER } else { Path::SERVER6 };
        let chosen = |answer: Answer| Answer { from: answer.from.or(Some(usual)), ..answer };
        answer(request).into_iter().map(chosen).collect()
    })
}

#[test]
fn hosts_reply_across_a_router() {
    inside(|| {
        let path = met();
        with_each_kind(&path, |prober| {
            for target in BOTH {
                let result = prober.expect(Ask::of(target).set(THREE), "up");
                assert_eq!(counts(&result), [3.0, 3.0, 0.0]);
                assert_eq!(figure(&result, "hop_limit"), 63.0, "one router between");
                assert_eq!(figure(&result, "loss"), 0.0);
                assert!(figure(&result, "rtt_min_ms") > 0.0 && result.rtt.is_some());
            }
        });
    });
}

#[test]
fn what_is_forged_is_not_ours() {
    inside(|| {
        let path = met();
        let _responder = answering(&path, |request| {
            let spoiled = |at: usize| {
                let mut payload = request.payload.clone();
                payload[at] ^= 1;
                request.reply_with(&payload, request.numbers)
            };
            let mut forged: Vec<Answer> = (0..16).map(spoiled).collect();
            forged.push(request.reply_with(&request.payload[..15], request.numbers));
            forged.push(request.reply_with(&request.payload, request.numbers ^ 1));
            forged.push(request.reply_with(&request.payload, request.numbers ^ 0x8000_0000));
            forged
        });
        with_each_kind(&path, |prober| {
            for target in BOTH {
                let result = prober.expect(Ask::of(target).within(BRIEF), "down reply timed_out");
                assert_eq!(counts(&result), [1.0, 0.0, 0.0]);
                assert!(result.reason.starts_with(&format!("No reply to 1 echo request to {target} in 50")), "{}", result.reason);
                assert!(result.reason.ends_with(" ms: host off, or ICMP filtered on the way."), "{}", result.reason);
            }
        });
    });
}

#[test]
fn who_answers_in_anothers_place_is_said() {
    inside(|| {
        let path = met();
        let _responder = answering(&path, |request| vec![request.reply().from(other(request.from))]);
        with_each_kind(&path, |prober| {
            for target in BOTH {
                let elsewhere = other(target);
                let result = prober.expect(Ask::of(target).within(BRIEF), &format!("down reply timed_out by {elsewhere}"));
                assert!(result.reason.ends_with(&format!("{elsewhere} replied in its place, which does not count.")), "{}", result.reason);
            }
        });
    });
}

#[test]
fn duplicates_are_counted() {
    inside(|| {
        let path = met();
        let _responder = answering(&path, |request| vec![request.reply(), request.reply(), request.reply()]);
        with_each_kind(&path, |prober| {
            for target in BOTH {
                let [sent, received, duplicates] = counts(&prober.expect(Ask::of(target).set(THREE), "up"));
                assert_eq!((sent, received), (3.0, 3.0));
                assert!(duplicates >= 4.0, "those of the first two requests, for the third's reply ends the run: {duplicates}");
            }
        });
    });
}

#[test]
fn loss_is_measured_and_not_waited_for_to_the_end() {
    inside(|| {
        let path = met();
        let mut seen = 0;
        let _responder = answering(&path, move |request| {
            seen += 1;
            if seen % 4 == 0 { vec![request.reply()] } else { vec![] }
        });
        with_each_kind(&path, |prober| {
            for target in BOTH {
                let result = prober.expect(Ask::of(target).set(&[("count", "4"), ("gap", "5ms")]), "up");
                assert_eq!(figure(&result, "loss"), 0.75);
                assert!(result.reason.contains("1 of 4 replies in "), "{}", result.reason);
                assert!(result.duration < Duration::from_secs(3), "{:?}", result.duration);
            }
        });
    });
}

#[test]
fn routers_say_why() {
    inside(|| {
        let path = met();
        path.router.nft(concat!(
            "table inet f { chain c { type filter hook forward priority 0;\n",
            "ip daddr 10.77.2.11 reject with icmp type admin-prohibited\n",
            "ip daddr 10.77.2.12 reject with icmp type host-unreachable\n",
            "ip daddr 10.77.2.13 reject with icmp type port-unreachable\n",
            "ip6 daddr fd77:2::11 reject with icmpv6 type admin-prohibited\n",
            "ip6 daddr fd77:2::12 reject with icmpv6 type no-route\n",
            "ip6 daddr fd77:2::13 reject with icmpv6 type port-unreachable\n",
            "}; }",
        ));
        let cases =
            [("11", "prohibited", "prohibits"), ("12", "unreachable", "cannot reach"), ("13", "refused", "refuses echo requests to")];
        with_each_kind(&path, |prober| {
            for (host, cause, verb) in cases {
                for (net, router) in [("10.77.2.", Path::ROUTER), ("fd77:2::", Path::ROUTER6)] {
                    let target: IpAddr = format!("{net}{host}").parse().unwrap();
                    let result = prober.expect(Ask::of(target), &format!("down reply {cause} by {router}"));
                    assert!(result.reason.starts_with(&format!("Router {router} {verb} {target} (ICMP ")), "{}", result.reason);
                    assert!(result.duration < 2 * BRIEF, "{:?}", result.duration);
                }
            }
        });
    });
}

#[test]
fn hops_run_out_and_packets_are_too_large() {
    inside(|| {
        let path = met();
        path.router.ip("link set r1 mtu 1300");
        path.server.ip("link set s0 mtu 1300");
        with_each_kind(&path, |prober| {
            for (target, router) in [(Path::SERVER, Path::ROUTER), (Path::SERVER6, Path::ROUTER6)] {
                let short = prober.expect(Ask::of(target).set(&[("ttl", "1")]), &format!("down reply unreachable by {router}"));
                assert!(short.reason.contains("ran out of their 1 hops at router"), "{}", short.reason);
                let large = Ask::of(target).set(&[("size", "1400"), ("dont_fragment", "true")]);
                let large = prober.expect(large, &format!("down reply too_large by {router}"));
                assert!(large.reason.contains("passes packets of at most 1300 bytes"), "{}", large.reason);
            }
            // Without the order not to fragment it is at worst said again, in fragments.
            for target in BOTH {
                prober.expect(Ask::of(target).set(&[("size", "1400")]), "up");
            }
        });
    });
}

#[test]
fn a_quote_need_not_be_whole() {
    inside(|| {
        let path = met();
        let _responder = answering(&path, |request| {
            let (to, code) = if request.from.is_ipv4() { (Path::SERVER, [3, 13]) } else { (Path::SERVER6, [1, 1]) };
            vec![request.error(to, code, 0)]
        });
        with_each_kind(&path, |prober| {
            for target in BOTH {
                let result = prober.expect(Ask::of(target), &format!("down reply prohibited by {target}"));
                assert!(result.reason.starts_with(&format!("Host {target} prohibits {target} (ICMP ")), "{}", result.reason);
            }
        });
    });
}

#[test]
fn a_stranger_cannot_accuse_another_target() {
    inside(|| {
        let path = met();
        // The error quotes a request to somebody else, or another nonce.
        let _responder = answering(&path, |request| {
            let code = if request.from.is_ipv4() { [3, 13] } else { [1, 1] };
            let mut foreign = request.clone();
            foreign.payload[5] ^= 1;
            let to = if request.from.is_ipv4() { Path::SERVER } else { Path::SERVER6 };
            vec![request.error(other(request.from), code, 0), foreign.error(to, code, 56)]
        });
        with_each_kind(&path, |prober: &Prober| {
            for target in BOTH {
                prober.expect(Ask::of(target).within(BRIEF), "down reply timed_out");
            }
        });
    });
}
