use super::*;

fn node(name: &str) -> NodeId {
    NodeId::new(name).unwrap()
}

fn channel(name: &str) -> ChannelName {
    ChannelName::new(name).unwrap()
}

#[test]
fn a_key_says_who_what_and_by_which_way() {
    let key = key(&node("fra-1"), IncidentId(1_700_000_000_000_000), (3, AlertKind::Firing), &channel("oncall"));
    assert_eq!(key.as_str(), "fra-1-1700000000000000-3-firing-oncall");
}

#[test]
fn what_it_is_about_tells_keys_apart() {
    let of = |kind| key(&node("fra-1"), IncidentId(1), (1, kind), &channel("oncall"));
    assert_ne!(of(AlertKind::Update), of(AlertKind::Resolved), "whoever had the one must take the other");
}

#[test]
fn a_key_that_is_too_long_is_cut_and_stays_the_key_of_one() {
    let long = "ü".repeat(NAME_LIMIT / 2);
    let whole = key(&node(&long), IncidentId(i64::MAX), (u32::MAX, AlertKind::Reminder), &channel(&long));
    assert!(whole.as_str().len() <= NAME_LIMIT, "{}", whole.as_str().len());
    assert_eq!(whole, key(&node(&long), IncidentId(i64::MAX), (u32::MAX, AlertKind::Reminder), &channel(&long)));
    // Written out: another version of this program must make the same.
    assert!(whole.as_str().ends_with("-5dceef4fc544f0d0"), "{whole}");
    let other = format!("{}x", &long[2..]);
    for (node_name, number, channel_name) in [(&other, u32::MAX, &long), (&long, 1, &long), (&long, u32::MAX, &other)] {
        assert_ne!(whole, key(&node(node_name), IncidentId(i64::MAX), (number, AlertKind::Reminder), &channel(channel_name)));
    }
}

#[test]
fn a_key_of_just_the_limit_is_whole() {
    let number = "-7-0-update-".len();
    let name = "n".repeat(NAME_LIMIT - number - 1);
    assert_eq!(key(&node(&name), IncidentId(7), (0, AlertKind::Update), &channel("c")).as_str(), format!("{name}-7-0-update-c"));
    let key = key(&node(&format!("{name}n")), IncidentId(7), (0, AlertKind::Update), &channel("c"));
    assert!(key.as_str().starts_with(&format!("{}-7-0-update-c-", "n".repeat(KEPT))), "{key}");
}

#[test]
fn the_hash_is_the_published_one() {
    // The test vectors of FNV-1a with 64 bits.
    for (text, expected) in [("", 0xcbf2_9ce4_8422_2325), ("a", 0xaf63_dc4c_8601_ec8c), ("foobar", 0x8594_4171_f739_67e8)] {
        assert_eq!(hash(text), expected, "{text}");
    }
}
