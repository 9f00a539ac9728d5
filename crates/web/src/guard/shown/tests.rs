use super::*;

fn shown(pairs: &[(&'static str, &str)]) -> Shown {
    let mut headers = HeaderMap::new();
    for (name, value) in pairs {
        headers.append(*name, value.parse().unwrap());
    }
    Shown::by(&headers, "allswell_8420")
}

fn tokens(pairs: &[(&'static str, &str)]) -> Vec<String> {
    shown(pairs).tokens
}

#[test]
fn tokens_come_by_header_and_by_cookie() {
    for (name, value, token) in [
        ("authorization", "Bearer s3cret-Token_1", Some("s3cret-Token_1")),
        ("authorization", "bearer  s3cret-Token_1 ", Some("s3cret-Token_1")),
        ("authorization", "Bearer ", None),
        ("authorization", "s3cret-Token_1", None),
        ("authorization", "Token s3cret-Token_1", None),
        ("cookie", "a=b; allswell_8420=s3cret-Token_1; c=d", Some("s3cret-Token_1")),
        ("cookie", "allswell_8420=a%3Bb%20%3D%C3%A9", Some("a;b =é")),
        ("cookie", "allswell_8421=s3cret-Token_1", None),
        ("cookie", "allswell_8420=", None),
        ("cookie", "ALLSWELL_8420=x", None),
    ] {
        assert_eq!(tokens(&[(name, value)]), token.into_iter().collect::<Vec<_>>(), "{name}: {value}");
    }
}

#[test]
fn a_cookie_that_a_neighbour_tossed_does_not_hide_ours() {
    assert_eq!(tokens(&[("cookie", "allswell_8420=tossed; allswell_8420=ours")]), ["tossed", "ours"]);
    assert_eq!(tokens(&[("cookie", "allswell_8420=tossed"), ("cookie", "allswell_8420=ours")]), ["tossed", "ours"]);
    let many = "allswell_8420=x; ".repeat(1000);
    assert_eq!(tokens(&[("cookie", &many)]).len(), COOKIES);
}

#[test]
fn a_name_and_a_password_come_by_basic() {
    let of = |pair: &str| shown(&[("authorization", &format!("basic {}", STANDARD.encode(pair)))]).password;
    let pair = |name: &str, password: &str| Some((name.to_owned(), password.to_owned()));
    assert_eq!(of("ann:horse"), pair("ann", "horse"));
    assert_eq!(of("ann:a:b:é"), pair("ann", "a:b:é"));
    assert_eq!(of(":"), pair("", ""));
    assert_eq!(of("ann"), None);
    for broken in ["Basic", "Basic ", "Basic !!!", "Basic /////w=="] {
        assert_eq!(shown(&[("authorization", broken)]).password, None, "{broken}");
    }
}
