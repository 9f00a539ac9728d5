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
        assert_eq!(is_ours(&headers(&said), "localhost:8420"), ours, "{said:?}");
    }
}
