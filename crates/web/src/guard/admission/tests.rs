use super::*;

fn taken(uri: &str) -> Option<(String, String)> {
    token_of(&uri.parse().unwrap())
}

#[test]
fn the_address_loses_its_token_and_keeps_the_rest() {
    let token = |location: &str| Some(("s3cret".to_owned(), location.to_owned()));
    assert_eq!(taken("/targets/a%2Fb?q=x%20y&token=s3cret&status=down"), token("/targets/a%2Fb?q=x%20y&status=down"));
    assert_eq!(taken("/?token=s3cret&token=other"), token("/"));
    assert_eq!(taken("/?token="), None);
    assert_eq!(taken("/"), None);
}

#[test]
fn the_way_on_never_leads_to_another_host() {
    for uri in ["//evil.example/?token=x", "/\\evil.example/?token=x", "///evil.example/?token=x", "/\\/evil.example/?token=x"] {
        assert_eq!(taken(uri).unwrap().1, "/evil.example/", "{uri}");
    }
}

#[test]
fn nothing_that_was_typed_breaks_out_of_a_header() {
    let (token, location) = taken("/?token=a%0d%0aSet-Cookie:%20x%3By%20%3D%C3%A9&b=%0d%0aX:%20y").unwrap();
    assert_eq!(location, "/?b=%0D%0AX%3A%20y");
    let response = Admission { cookie: cookie(1, false), token, location, secure: false, stranger: false }.into_response();
    assert_eq!(response.headers()["set-cookie"], "allswell_1=a%0D%0ASet-Cookie%3A%20x%3By%20%3D%C3%A9; Path=/; HttpOnly; SameSite=Strict");
    assert_eq!(response.headers().len(), 2, "{:?}", response.headers());
}

#[test]
fn beside_tls_the_cookie_is_bound_to_it_and_to_this_host() {
    let admission = Admission { cookie: cookie(1, true), token: "x".into(), location: "/".into(), secure: true, stranger: true };
    let response = admission.into_response();
    assert_eq!(response.headers()["set-cookie"], "__Host-allswell_1=x; Path=/; HttpOnly; SameSite=Strict; Secure");
    assert_eq!((response.status(), &response.headers()["refresh"]), (StatusCode::OK, &HeaderValue::from_static("0;url=/")));
}
