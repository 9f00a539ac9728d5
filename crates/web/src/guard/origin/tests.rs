use super::*;

fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
    pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
}

#[test]
fn other_peoples_pages_are_refused() {
    for (said, ours) in [
        (vec![], true),
        (vec![("origin", "http://localhost:8420")], true),
        (vec![("origin", "https://LOCALHOST:8420")], true),
        (vec![("origin", "http://localhost:9000")], false),
        (vec![("origin", "http://evil.example")], false),
        (vec![("origin", "null")], false),
        (vec![("origin", "file://localhost:8420")], false),
        (vec![("sec-fetch-site", "same-origin")], true),
        (vec![("sec-fetch-site", "none")], true),
        (vec![("sec-fetch-site", "same-site")], false),
        (vec![("sec-fetch-site", "cross-site")], false),
    ] {
        assert_eq!(is_ours(&headers(&said), "localhost:8420", false), ours, "{said:?}");
    }
}

#[test]
fn beside_tls_a_page_that_came_without_it_is_another() {
    for (origin, ours) in [("https://watch.example:8420", true), ("http://watch.example:8420", false)] {
        assert_eq!(is_ours(&headers(&[("origin", origin)]), "watch.example:8420", true), ours, "{origin}");
    }
}

#[test]
fn other_sites_may_link_here_and_embed_nothing() {
    for (site, mode, embedded) in [
        ("cross-site", "navigate", false),
        ("cross-site", "no-cors", true),
        ("cross-site", "cors", true),
        ("same-site", "no-cors", true),
        ("same-origin", "no-cors", false),
        ("none", "navigate", false),
    ] {
        assert_eq!(is_embedded_elsewhere(&headers(&[("sec-fetch-site", site), ("sec-fetch-mode", mode)])), embedded, "{site} {mode}");
    }
    assert!(!is_embedded_elsewhere(&headers(&[])));
}
