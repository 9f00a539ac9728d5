use super::*;

fn whom(page: Option<&str>, config: Option<&Path>) -> Whom {
    Whom { page: page.map(str::to_owned), token: Some("t".into()), config: config.map(Path::to_path_buf) }
}

fn misuse(refused: Refused) -> String {
    match refused {
        Refused::Misuse(mistakes) => mistakes.join("\n"),
        Refused::Unavailable(why) => panic!("{why}"),
    }
}

#[test]
fn a_page_is_host_and_port_alone() {
    let page = Page::find(&whom(Some("https://watch.example.com/"), None)).unwrap();
    assert_eq!((page.shown.as_str(), page.place.port, page.place.is_tls), ("https://watch.example.com", 443, true));
    let page = Page::find(&whom(Some("http://[::1]:8420"), None)).unwrap();
    assert_eq!((page.place.host.as_str(), page.place.port, page.place.is_tls), ("::1", 8420, false));
    for (wrong, why) in [
        ("127.0.0.1:8420", "has no scheme"),
        ("tcp://127.0.0.1:8420", "http:// or https://"),
        ("http://127.0.0.1/links", "host and port alone"),
        ("http://me:hunter2@127.0.0.1/", "host and port alone"),
    ] {
        let told = misuse(Page::find(&whom(Some(wrong), None)).unwrap_err());
        assert!(told.contains(why) && !told.contains("hunter2"), "{told}");
    }
}

#[test]
fn the_configuration_says_where_the_page_is() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("allswell.yaml");
    let shown = |text: &str| {
        std::fs::write(&file, text).unwrap();
        Page::find(&whom(None, Some(&file))).map(|page| page.shown)
    };
    assert_eq!(shown("listen: 0.0.0.0:9000\n").unwrap(), "http://127.0.0.1:9000");
    assert_eq!(shown("listen: '[::]:9000'\n").unwrap(), "http://[::1]:9000");
    assert_eq!(shown("listen: 10.0.0.1\n").unwrap(), "http://10.0.0.1:8420");
    let told = misuse(shown("lisen: 10.0.0.1\n").unwrap_err());
    assert!(told.contains("say --page URL") && told.contains("did you mean `listen`?"), "{told}");
}

#[test]
fn a_token_is_one_line() {
    let whom = Whom { page: None, token: Some("a\r\nb".into()), config: None };
    assert!(misuse(Page::find(&whom).unwrap_err()).contains("--token"));
}
