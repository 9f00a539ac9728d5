//! The matrix of links, the page of one, their API and their metrics.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use allswell_model::NodeId;
use allswell_model::link::{Finding, FindingKind, LinkState, Links};
use futures_util::StreamExt as _;
use http_body_util::BodyExt as _;
use hyper::Request;

use crate::house::{House, NOW, PATIENCE, target, up};
use crate::mesh::{many, mesh, unheard};
use crate::pages::steady;
use crate::schema::check;

/// All troubles that the made-up mesh can be in.
const CASES: [&str; 11] = [
    "well",
    "node_down",
    "rack_down",
    "rack_to_rack",
    "podset_down",
    "own_nic",
    "one_way",
    "link_down",
    "peer_stalled",
    "self_stalled",
    "degraded",
];

async fn with(case: &str) -> House {
    let house = House::new().await;
    house.link(mesh(case, NOW));
    house
}

#[tokio::test]
async fn the_matrix_of_a_rack_that_is_down() {
    let house = with("rack_down").await;
    insta::assert_snapshot!("links", steady(&house.get("/links").await.text));
}

#[tokio::test]
async fn the_page_of_one_link() {
    let house = with("well").await;
    insta::assert_snapshot!("link", steady(&house.get("/links/fra-2").await.text));
}

#[tokio::test]
async fn every_case_is_told_first_and_as_the_document_says() {
    for case in CASES {
        let links = mesh(case, NOW);
        let house = with(case).await;
        let page = house.get("/links").await.text;
        let bar = page.split("<main").next().unwrap();
        for finding in &links.findings {
            assert!(bar.contains(&finding.sentence), "{case}: {bar}");
        }
        assert!(page.contains(r#"<th scope="row""#) && page.contains(r#"<th scope="col""#) && page.contains("<caption"), "{case}");
        check("/api/v1/links", "get", 200, &house.json("/api/v1/links").await);
        for own in &links.own {
            check("/api/v1/links/{peer}", "get", 200, &house.json(&format!("/api/v1/links/{}", own.peer)).await);
            assert_eq!(house.get(&format!("/links/{}", own.peer)).await.status, 200, "{case} {}", own.peer);
        }
    }
}

#[tokio::test]
async fn each_cell_is_colour_and_shape_and_word() {
    let page = with("one_way").await.get("/links").await.text;
    let cell = page.split("<td ").find(|cell| cell.contains("title=\"fra-2 to db-2:")).unwrap();
    assert!(cell.starts_with("class=\"back ot ob ol or\""), "{cell}");
    assert!(cell.contains("fra-2 to db-2: one way, none arrives there, for 3 min"), "{cell}");
    assert!(cell.contains(r##"<svg role="img" aria-label="one way"><use href="#s-back"/></svg>"##), "{cell}");
    let own = page.split("<td ").find(|cell| cell.contains("title=\"fra-1 to fra-2:")).unwrap();
    assert!(own.contains(r#"<a href="/links/fra-2" aria-label="fra-1 to fra-2: up, 0.0"#), "{own}");
}

#[tokio::test]
async fn without_links_it_says_how_to_have_some_and_the_overview_is_silent() {
    let house = House::new().await;
    let page = house.get("/links").await.text;
    assert!(page.contains("openssl rand -hex 32") && page.contains("peers:") && page.contains("links:"), "{page}");
    assert!(!house.get("/").await.text.contains("href=\"/links\""));
    assert_eq!(house.get("/links/fra-2").await.status, 404);
    for path in ["/api/v1/links", "/api/v1/links/fra-2"] {
        let answer = house.get(path).await;
        assert_eq!((answer.status.as_u16(), answer.json()["detail"].as_str()), (404, Some("No links are configured here.")));
    }
}

#[tokio::test]
async fn before_anybody_was_heard_nothing_is_called_well() {
    let house = House::new().await;
    house.link(unheard(NOW));
    let page = house.get("/links").await.text;
    assert!(page.contains("No node was heard yet.") && page.contains("never heard") && page.contains("look-unknown"), "{page}");
    assert!(!page.contains("are up"));
}

#[tokio::test]
async fn the_overview_leads_to_the_matrix_and_links_among_targets_to_their_pages() {
    let mut house = with("rack_down").await;
    let mut link = target("links", "fra-2");
    link.protocol = "link";
    house.watch(&[link.clone(), target("links", "web")]);
    house.hear([up(&link, 1)]);
    let page = house.get("/").await.text;
    assert!(
        page.contains(r#"<a class="chip look-down" href="/links">"#) && page.contains("Links <span class=\"n\">rack down</span>"),
        "{page}"
    );
    assert!(page.contains(r#"<a href="/links/fra-2">fra-2</a>"#) && page.contains(r#"<a href="/targets/links%2Fweb">web</a>"#), "{page}");
    assert!(house.get("/links/fra-2").await.text.contains(r#"<a href="/targets/links%2Ffra-2">its incidents"#));
    assert!(!house.get("/links/fra-3").await.text.contains("its incidents"), "it is no target");
}

#[tokio::test]
async fn bfd_is_told_without_what_it_cannot_know() {
    let page = with("well").await.get("/links/core-router").await.text;
    assert!(page.contains("RFC 5880") && page.contains("300 ms × 3 = <b>900 ms</b>") && page.contains("Sessions"));
    for unknown in ["Round trips<", "lost", "Jitter", "Reordered", "class=\"trace\""] {
        assert!(!page.replace("how many were lost", "").contains(unknown), "{unknown}");
    }
    assert!(page.contains("allswell link watch core-router"));
}

#[tokio::test]
async fn a_link_that_is_not_ours_is_told_why() {
    let house = with("well").await;
    let mut links = mesh("well", NOW);
    links.own.retain(|own| own.peer.as_str() != "db-1");
    house.link(links);
    for (peer, said) in
        [("fra-1", "is this node itself"), ("db-1", "has no link to `db-1` just now"), ("nobody", "No node `nobody` is known.")]
    {
        let answer = house.get(&format!("/links/{peer}")).await;
        assert_eq!(answer.status, 404);
        assert!(answer.text.contains(said), "{peer}: {}", answer.text);
    }
}

#[tokio::test]
async fn rows_that_are_old_say_so() {
    let page = with("stale").await.get("/links").await.text;
    assert_eq!(page.matches("<tr class=\"stale\"").count(), 2, "{page}");
    assert!(page.contains("heard <time") && page.contains(">4 min</time> ago"));
}

/// The worst that forty nodes can be: all cells lossy and slow, or all down.
#[tokio::test]
async fn forty_nodes_are_one_page_of_bounded_size() {
    let house = House::new().await;
    for state in [LinkState::Up, LinkState::Degraded, LinkState::Down, LinkState::PeerStalled, LinkState::Unmeasured] {
        let mut links = many(40, "well", NOW);
        for cell in &mut links.cells {
            cell.state = state;
            (cell.loss_forward, cell.loss_reverse) =
                if state == LinkState::Down { (Some(1.0), Some(0.0)) } else { (Some(0.31), Some(0.07)) };
            cell.rtt = cell.rtt.map(|rtt| rtt * 3);
        }
        house.link(links);
        let page = house.get("/links").await.text;
        println!("{state:?}: {} bytes", page.len());
        assert!(page.len() <= 300_000, "{state:?}: {} bytes", page.len());
        assert!(!page.contains("Zone to zone"));
    }
}

#[tokio::test]
async fn more_nodes_are_zones_and_every_cell_opens() {
    let house = House::new().await;
    house.link(many(400, "node_down", NOW));
    let page = house.get("/links").await.text;
    println!("400 nodes: {} bytes", page.len());
    assert!(page.len() <= 600_000 && page.contains("Zone to zone"));
    let cells: BTreeSet<String> =
        page.split("href=\"/links?").skip(1).filter_map(|rest| Some(rest.split_once('"')?.0.replace("&#38;", "&"))).collect();
    assert!(cells.len() > 100, "{}", cells.len());
    for cell in cells.iter().step_by(97) {
        let opened = house.get(&format!("/links?{cell}")).await;
        assert!(
            opened.status == 200 && opened.text.contains("Node to node") && opened.text.contains("<a href=\"/links\">Links</a>"),
            "{cell}"
        );
    }
    assert_eq!(house.get("/links?from=nowhere").await.status, 404);
}

#[tokio::test]
async fn nothing_that_nodes_say_becomes_markup() {
    const EVIL: &str = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>&{{7*7}}</title>";
    let house = House::new().await;
    let name = NodeId::new(EVIL).unwrap();
    let rename = |id: &NodeId| if id.as_str() == "fra-2" { name.clone() } else { id.clone() };
    for case in ["well", "degraded", "node_down"] {
        let mut links = mesh(case, NOW);
        links.nodes.iter_mut().for_each(|node| (node.name, node.location) = (rename(&node.name), Arc::from(EVIL)));
        links.cells.iter_mut().for_each(|cell| (cell.from, cell.to) = (rename(&cell.from), rename(&cell.to)));
        for own in &mut links.own {
            (own.peer, own.reason, own.address) = (rename(&own.peer), format!("`{EVIL}` {EVIL}"), EVIL.to_owned());
            own.sessions.iter_mut().for_each(|session| (session.id, session.sentence) = (EVIL.to_owned(), Some(EVIL.to_owned())));
        }
        links.findings.push(Finding { kind: FindingKind::LinkDown, of: vec![EVIL.to_owned()], sentence: EVIL.to_owned(), since: NOW });
        house.link(links);
        let encoded: String = EVIL.bytes().map(|byte| format!("%{byte:02X}")).collect();
        for path in [
            "/links".to_owned(),
            "/".to_owned(),
            format!("/links/{encoded}"),
            format!("/links?from={encoded}"),
            format!("/links?to={encoded}x"),
        ] {
            let page = house.get(&path).await.text;
            for dangerous in ["<script>", "<img", "\"'>", "</title><"] {
                assert!(!page.contains(dangerous), "{dangerous} at {path} in {page}");
            }
        }
    }
}

#[tokio::test]
async fn the_pulse_changes_at_once_with_a_state_and_the_page_says_the_same() {
    let house = with("well").await;
    let mut stream = house.open(Request::get("/api/v1/stream")).await.into_body().into_data_stream();
    let mut heard = String::new();
    let mut said = async |wanted: &dyn Fn(&str) -> bool| {
        let waiting = async {
            loop {
                let pulse = heard
                    .lines()
                    .filter_map(|line| line.strip_prefix("data: "))
                    .filter_map(|data| serde_json::from_str::<serde_json::Value>(data).ok());
                let links = pulse.filter_map(|pulse| pulse["links"].as_str().map(str::to_owned)).next_back();
                if let Some(links) = links.filter(|links| wanted(links)) {
                    return links;
                }
                heard.push_str(&String::from_utf8_lossy(&stream.next().await.unwrap().unwrap()));
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap()
    };
    let before = said(&|links| !links.is_empty()).await;
    assert!(house.get("/links").await.text.contains(&format!("|{before}\"")), "the page says what the pulse says");
    house.link(mesh("node_down", NOW));
    let after = said(&|links| links != before).await;
    assert!(house.get("/links").await.text.contains(&format!("|{after}\"")));
}

#[tokio::test]
async fn own_links_are_counted_and_go_with_their_peers() {
    let house = with("degraded").await;
    let lines = async || house.get("/metrics").await.text.lines().map(str::to_owned).collect::<Vec<_>>();
    let found = lines().await;
    for line in [
        "allswell_link_state{peer=\"fra-2\",protocol=\"link\"} 1",
        "allswell_link_state{peer=\"core-router\",protocol=\"bfd\"} 1",
        "allswell_link_rtt_seconds{peer=\"db-1\",protocol=\"link\",quantile=\"0.5\"} 0.000214",
        "allswell_link_loss_ratio{peer=\"fra-2\",protocol=\"link\",direction=\"forward\"} 0",
        "allswell_link_jitter_seconds{peer=\"fra-2\",protocol=\"link\"} 0.000012",
        "allswell_link_probes_sent_total{peer=\"fra-2\",protocol=\"link\"} 5184000",
        "allswell_link_probes_received_total{peer=\"core-router\",protocol=\"bfd\"} 2015990",
        "allswell_link_probes_lost_total{peer=\"fra-2\",protocol=\"link\",direction=\"reverse\"} 129",
        "allswell_link_probes_reordered_total{peer=\"fra-2\",protocol=\"link\"} 14",
        "allswell_link_probes_duplicates_total{peer=\"fra-2\",protocol=\"link\"} 2",
        "allswell_link_dropped_packets_total{reason=\"bad_mac\"} 3",
        "allswell_link_findings{kind=\"link_degraded\"} 1",
        "allswell_link_findings{kind=\"rack_down\"} 0",
    ] {
        assert!(found.iter().any(|known| known == line), "{line} is missing in\n{}", found.join("\n"));
    }
    assert!(
        !found.iter().any(|line| line.contains("core-router") && (line.contains("lost") || line.contains("rtt") || line.contains("loss")))
    );
    house.link(Links { own: Vec::new(), ..mesh("degraded", NOW) });
    assert!(!lines().await.iter().any(|line| line.contains("peer=")));
}

#[tokio::test]
async fn a_state_is_a_figure_as_a_targets_is() {
    let house = House::new().await;
    for (state, code) in LinkState::ALL.into_iter().zip([1, 2, 3, 3, 0, 0, 4, 0]) {
        let mut links = mesh("well", NOW);
        links.own.truncate(1);
        links.own.iter_mut().for_each(|own| (own.state, own.since) = (state, NOW - Duration::from_secs(7)));
        house.link(links);
        let metrics = house.get("/metrics").await.text;
        assert!(metrics.contains(&format!("allswell_link_state{{peer=\"fra-2\",protocol=\"link\"}} {code}\n")), "{state:?}");
        assert!(metrics.contains("allswell_link_state_since_timestamp_seconds{peer=\"fra-2\",protocol=\"link\"} 1795193650\n"));
    }
}
