use super::*;

fn lock() -> Lock {
    Lock::new(Token::new("s3cret-Token_1"), 8420)
}

fn headers(name: &'static str, value: &str) -> HeaderMap {
    [(name.parse().unwrap(), value.parse().unwrap())].into_iter().collect()
}

#[test]
fn header_and_cookie_open_it_and_nothing_else_does() {
    for (name, value, opens) in [
        ("authorization", "Bearer s3cret-Token_1", true),
        ("authorization", "Bearer s3cret-token_1", false),
        ("authorization", "Bearer s3cret-Token_", false),
        ("authorization", "Bearer ", false),
        ("authorization", "s3cret-Token_1", false),
        ("cookie", "a=b; allswell_8420=s3cret-Token_1; c=d", true),
        ("cookie", "allswell_8421=s3cret-Token_1", false),
        ("cookie", "allswell_8420=", false),
    ] {
        assert_eq!(lock().opens(&headers(name, value)), opens, "{name}: {value}");
    }
    assert!(!lock().opens(&HeaderMap::new()));
}

#[test]
fn a_token_of_any_characters_survives_the_cookie() {
    let lock = Lock::new(Token::new("a;b =é"), 1);
    let admission = lock.admission(&"/?token=a%3Bb%20%3D%C3%A9".parse().unwrap()).unwrap();
    let cookie = admission.cookie.split("; ").next().unwrap();
    assert_eq!(cookie, "allswell_1=a%3Bb%20%3D%C3%A9");
    assert!(lock.opens(&headers("cookie", cookie)));
}

#[test]
fn an_empty_token_opens_nothing() {
    let lock = Lock::new(Token::new(""), 1);
    assert!(!lock.opens(&headers("authorization", "Bearer ")));
    assert_eq!(lock.admission(&"/?token=".parse().unwrap()), None);
}

#[test]
fn the_address_is_traded_for_a_cookie_and_keeps_the_rest() {
    let admission = lock().admission(&"/targets/a%2Fb?q=x%20y&token=s3cret-Token_1&status=down".parse().unwrap()).unwrap();
    assert_eq!(admission.location, "/targets/a%2Fb?q=x%20y&status=down");
    assert_eq!(admission.cookie, "allswell_8420=s3cret-Token_1; Path=/; HttpOnly; SameSite=Strict");
    assert_eq!(lock().admission(&"/?token=wrong".parse().unwrap()), None);
    assert_eq!(lock().admission(&"/".parse().unwrap()), None);
}

#[test]
fn the_way_on_never_leads_to_another_host() {
    let admission = lock().admission(&"//evil.example/?token=s3cret-Token_1".parse().unwrap()).unwrap();
    assert_eq!(admission.location, "/evil.example/");
}

#[test]
fn the_token_is_never_printed() {
    assert!(!format!("{:?}", lock()).contains("s3cret"));
}
