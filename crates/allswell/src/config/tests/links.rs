//! `links`: every mistake with its place, and what the section means on each of the nodes that read it.

use std::sync::Arc;

use allswell_mesh::Settings;
use allswell_model::NodeId;

use super::*;

const WHOLE: &str = r#"channels: { oncall: { type: webhook, url: 'https://x' } }
links:
  listen: ["0.0.0.0:9000", "[::]:9000"]
  every: 20ms
  multiplier: 5
  keys:
    - { id: 2, secret: "0123456789abcdef-two" }
    - { id: 1, secret: "0123456789abcdef-one" }
  full_mesh_up_to: 16
  neighbours: 4
  alert: oncall
  alert_after: 20s
  peers:
    - { name: fra-1, address: 10.0.0.1, location: eu/rack1 }
    - { name: fra-2, address: "10.0.0.2:9001", location: eu/rack2 }
    - { name: fra-3, address: "[fd00::3]:8421" }
  bfd:
    - { name: edge-1, address: 10.0.0.254 }
    - { name: edge-2, address: "[fd00::fe]", every: 10ms, multiplier: 50 }
"#;

const KEY: &str = "keys: [{ id: 1, secret: 0123456789abcdef }]";

fn on(text: &str, node: &str) -> Settings {
    let links = good(text).links.unwrap();
    links.of(&NodeId::new(node).unwrap(), &Arc::from("elsewhere"))
}

/// The mistakes of a section with a key, and what else is given.
fn in_links(lines: &str) -> Vec<String> {
    mistakes(&format!("links:\n  {KEY}\n  {lines}\n"))
}

#[test]
fn nobody_asks_for_links_by_default() {
    assert_eq!(good("").links, None);
}

#[test]
fn each_node_finds_itself_in_the_same_list() {
    let first = on(WHOLE, "fra-1");
    let names = |settings: &Settings| settings.peers.iter().map(|peer| peer.name.to_string()).collect::<Vec<_>>();
    assert_eq!((names(&first), &*first.location), (vec!["fra-2".to_owned(), "fra-3".to_owned()], "eu/rack1"));
    let third = on(WHOLE, "fra-3");
    assert_eq!((names(&third), &*third.location), (vec!["fra-1".to_owned(), "fra-2".to_owned()], "elsewhere"));
    assert_eq!(names(&on(WHOLE, "fra-4")).len(), 3, "whoever is not listed is a node all the same");
    let addresses: Vec<String> = first.peers.iter().map(|peer| peer.address.to_string()).collect();
    assert_eq!(addresses, ["10.0.0.2:9001", "[fd00::3]:8421"]);
}

#[test]
fn what_is_written_holds() {
    let read = on(WHOLE, "fra-1");
    assert_eq!(read.listen, ["0.0.0.0:9000".parse().unwrap(), "[::]:9000".parse().unwrap()]);
    assert_eq!((read.every, read.multiplier, read.full_mesh_up_to, read.neighbours), (Duration::from_millis(20), 5, 16, 4));
    assert_eq!(read.keys.iter().map(|key| key.id).collect::<Vec<_>>(), [2, 1], "the first one signs");
    assert_eq!(&*read.keys[0].secret, b"0123456789abcdef-two");
    let bfd: Vec<String> = read.bfd.iter().map(|one| format!("{} {} {:?} {}", one.name, one.address, one.every, one.multiplier)).collect();
    assert_eq!(bfd, ["edge-1 10.0.0.254 300ms 3", "edge-2 fd00::fe 10ms 50"]);
    let told = good(WHOLE).links.unwrap().alerting;
    assert_eq!(told.channels.iter().map(|channel| channel.as_str()).collect::<Vec<_>>(), ["oncall"]);
    assert_eq!(told.after, Duration::from_secs(20));
}

#[test]
fn what_is_left_out_is_that_of_the_mesh() {
    let read = on(&format!("links:\n  {KEY}\n  peers: [{{ name: b, address: 10.0.0.2 }}]\n"), "a");
    let unset = Settings::default();
    assert_eq!((read.every, read.multiplier), (unset.every, unset.multiplier));
    assert_eq!((read.full_mesh_up_to, read.neighbours), (unset.full_mesh_up_to, unset.neighbours));
    let told = good(&format!("links:\n  {KEY}\n  peers: [{{ name: b, address: 10.0.0.2 }}]\n")).links.unwrap().alerting;
    assert_eq!((told.channels.len(), told.after), (0, Duration::from_secs(5)));
    assert_eq!(read.listen, ["0.0.0.0:8421".parse().unwrap(), "[::]:8421".parse().unwrap()]);
    let one = on(&format!("links:\n  {KEY}\n  listen: 10.0.0.1\n  peers: [{{ name: b, address: 10.0.0.2 }}]\n"), "a");
    assert_eq!(one.listen, ["10.0.0.1:8421".parse().unwrap()]);
}

#[test]
fn every_mistake_is_told_at_once() {
    let found = mistakes(
        r#"links:
  listen: [0.0.0.0, "10.0.0.1:1", fra-1]
  every: 5ms
  multiplier: 1
  neighbors: 4
  keys:
    - { id: 256, secret: 0123456789abcdef }
    - { id: 1, secret: short }
    - { id: 1, secret: 0123456789abcdef }
    - { id: 2 }
  alert: oncal
  peers:
    - { name: fra-2, address: fra-2.example.com }
    - { name: fra-2, address: 10.0.0.2 }
    - { name: fra-3, address: "10.0.0.2:8421" }
    - { name: fra-4, address: "[fd00::4]" }
    - { name: fra-5, adress: 10.0.0.5 }
    - { name: fra-6, address: fd00::6 }
    - { address: 0.0.0.0 }
  bfd:
    - { name: edge-1, address: "10.0.0.254:3784", every: 5ms }
    - { name: fra-4, address: 10.0.0.253 }
    - { name: edge-3, address: 10.0.0.253 }
"#,
    );
    let names = "names are not resolved here: a link that waits for DNS would measure DNS";
    let secret = "this `secret` has fewer than 16 bytes, and could be guessed | `openssl rand -hex 32` makes one";
    for wanted in [
        "2:21 `listen` of `links` takes one address of each family, and this is the second of IPv4 | a node is heard, and sends, at one place alone",
        &format!("2:35 `listen` takes an address, not `fra-1` | {names}"),
        "3:10 `every` takes a duration from 10ms to 10s, not `5ms`",
        "4:15 `multiplier` takes a whole number from 2 to 50, not `1`",
        "5:3 `neighbors` is not a key of `links` | did you mean `neighbours`?",
        "7:13 `id` takes a whole number from 0 to 255, not `256`",
        &format!("8:24 {secret}"),
        "9:13 two keys of `links` have the id 1; the first is in line 8",
        "10:7 this key of `links` has no `secret`",
        "11:10 `channels` has no `oncal` | `channels` is empty",
        &format!("13:31 `address` of a peer takes an address, not `fra-2.example.com` | {names}"),
        "14:15 two ends of links are called `fra-2`; the first is in line 13",
        "15:31 two peers have the address 10.0.0.2:8421; the first is in line 14",
        "16:31 fd00::4 cannot be reached: `listen` has no address of IPv6 | add \"[::]:8421\" to `listen`, or leave `listen` out",
        "17:7 this peer has no `address`",
        "17:22 `adress` is not a key of a peer | did you mean `address`?",
        "18:31 `address` of a peer takes an address, not `fd00::6` | an IPv6 address stands in brackets: \"[fd00::6]\"",
        "19:7 this peer has no `name`",
        "19:18 0.0.0.0 is the address of no single host",
        "21:32 `address` of `bfd` takes an address without a port, not `10.0.0.254:3784` | BFD has a port of its own: 10.0.0.254",
        "21:58 `every` takes a duration from 10ms to 10s, not `5ms`",
        "22:15 two ends of links are called `fra-4`; the first is in line 16",
        "23:32 two entries of `bfd` have the address 10.0.0.253; the first is in line 22",
    ] {
        assert!(found.iter().any(|one| one == wanted), "{wanted}: {found:#?}");
    }
    assert_eq!(found.len(), 23, "{found:#?}");
}

#[test]
fn an_interface_stands_in_an_address_as_its_number() {
    for address in ["fe80::2%eth0", "[fe80::2%eth0]", "[fe80::2%eth0]:8421"] {
        let found = mistakes(&format!("links:\n  {KEY}\n  peers: [{{ name: b, address: '{address}' }}]\n"));
        let hint = "behind `%` stands the number of an interface, as `ip link` shows it";
        assert!(found.len() == 1 && found[0].contains(hint), "{found:#?}");
    }
}

#[test]
fn peers_need_a_key_and_the_section_an_end() {
    let hint = "keys: [{ id: 1, secret: \"${LINK_KEY}\" }]; `openssl rand -hex 32` makes one";
    assert_eq!(
        mistakes("links: { peers: [{ name: b, address: 10.0.0.2 }] }"),
        [format!("1:1 `links` has `peers` and no `keys`: nodes know each other by a secret that they share | {hint}")]
    );
    assert_eq!(mistakes("links: { bfd: [{ name: b, address: 10.0.0.2 }] }"), [""; 0]);
    assert_eq!(
        mistakes(&format!("links: {{ {KEY} }}")),
        ["1:1 `links` has neither `peers` nor `bfd` | name the other ends, or leave `links` out"]
    );
    assert_eq!(in_links("peers: { a: 10.0.0.1 }"), ["3:10 `peers` of `links` takes a list, not a map | each begins with `- `"]);
}

#[test]
fn a_target_may_not_be_called_like_a_link() {
    let text = format!(
        "groups: {{ link: {{}}, links: {{}} }}\nlinks:\n  {KEY}\n  peers: [{{ name: b, address: 10.0.0.2 }}]
targets:
  - {{ url: 'tcp://127.0.0.1:1', group: link, name: b }}
  - {{ url: 'tcp://127.0.0.1:2', group: links, name: b }}\n"
    );
    let found = mistakes(&text);
    assert_eq!(found.len(), 2, "{found:#?}");
    assert!(found[0].contains("two targets have the id `link/b`; the first is in line 4"), "{found:#?}");
    assert!(found[1].contains("two targets are called `links/b`; the first is in line 4"), "{found:#?}");
}

#[test]
fn links_belong_to_the_first_file() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("part.yaml"), format!("links:\n  {KEY}\n")).unwrap();
    let first = folder.path().join("allswell.yaml");
    std::fs::write(&first, "include: part.yaml\n").unwrap();
    let report = read_file(&first).unwrap_err();
    assert!(report.to_string().contains("`links` belongs to the first file"), "{report}");
}

#[test]
fn a_secret_of_a_link_is_shown_nowhere() {
    let text = "links:\n  keys: [{ id: 1, secret: hunter2-hunter2-hunter2 }, { id: 2, secret: 'xx-${TOKEN}-0123456789' }]
  peers: [{ name: b, address: 10.0.0.2 }]\n";
    let read = good(text);
    assert!(!format!("{read:?}").contains("hunter2") && !format!("{read:?}").contains("s3cr3t"), "{read:?}");
    let report = super::read(&text.replace("id: 1", "id: 999").replace("name: b", "nam: b")).unwrap_err().to_string();
    assert!(report.contains("id: 999") && !report.contains("hunter2") && !report.contains("s3cr3t"), "{report}");
    let (_, explained) = explain_text("allswell.yaml", text, &surroundings()).unwrap();
    for shown in [yaml_of_all(&explained), json_of_all(&explained).to_string()] {
        assert!(shown.contains("***") && shown.contains("xx-${TOKEN}-0123456789"), "{shown}");
        assert!(!shown.contains("hunter2") && !shown.contains("s3cr3t"), "{shown}");
    }
    assert!(explained.hides);
}

#[test]
fn what_is_shown_reads_back_to_the_same() {
    // A typed secret is hidden and does not read back; what is filled in does.
    let whole = WHOLE.replace("0123456789abcdef-", "${TOKEN}-0123456789-").replace("'https://x'", "'https://x/${TOKEN}'");
    let (read, explained) = explain_text("allswell.yaml", &whole, &surroundings()).unwrap();
    assert_eq!(good(&yaml_of_all(&explained)).links, read.links);
}

#[test]
fn where_it_stands_is_no_change() {
    let (one, other) = (good(WHOLE), good(&format!("# moved\n{WHOLE}")));
    assert_eq!(changed_keys(&one, &other), [""; 0]);
    assert_eq!(changed_keys(&one, &good(&WHOLE.replace("every: 20ms", "every: 30ms"))), ["links"]);
}

#[test]
fn an_address_that_leads_nowhere_is_a_mistake() {
    let found = in_links(
        "peers: [{ name: a, address: \"[fe80::1]\" }, { name: b, address: \"[::ffff:10.0.0.1]:9000\" }]\n  bfd: [{ name: c, address: \"[fe80::2]\" }]",
    );
    assert_eq!(found.len(), 3, "{found:#?}");
    assert!(found[0].contains("does not say by which interface") && found[0].contains("[fe80::1%2]:8421"), "{}", found[0]);
    assert!(found[1].contains("in the clothes of IPv6") && found[1].contains("write 10.0.0.1"), "{}", found[1]);
    assert!(found[2].contains("by which interface"), "{}", found[2]);
    let read = on(&format!("links:\n  {KEY}\n  peers: [{{ name: b, address: \"[fe80::1%2]:8421\" }}]\n"), "a");
    assert_eq!(read.peers[0].address.to_string(), "[fe80::1%2]:8421");
}
