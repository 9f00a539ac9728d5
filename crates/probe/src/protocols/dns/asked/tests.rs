use super::*;

fn asked(url: &str) -> Result<(String, RecordType), String> {
    read(&Locator::parse(url).unwrap())
        .map(|(name, kind)| (name.to_ascii(), kind))
        .map_err(|mistakes| mistakes.iter().map(ToString::to_string).collect::<Vec<_>>().join("; "))
}

fn ok(name: &str, kind: RecordType) -> Result<(String, RecordType), String> {
    Ok((name.to_owned(), kind))
}

#[test]
fn the_path_is_the_name_and_the_query_has_the_type() {
    assert_eq!(asked("dns://10.0.0.2/api.example.com"), ok("api.example.com.", RecordType::A));
    assert_eq!(asked("dns://10.0.0.2:5353/Api.example.com.?type=aaaa"), ok("Api.example.com.", RecordType::AAAA));
    assert_eq!(asked("dns+tcp://[fd00::2]/_sip._tcp.example.com?type=SRV"), ok("_sip._tcp.example.com.", RecordType::SRV));
    assert_eq!(asked("dns://resolver/*.example.com?type=TYPE65"), ok("*.example.com.", RecordType::HTTPS));
    assert_eq!(asked("dns://10.0.0.2/b%C3%BCcher.example"), ok("xn--bcher-kva.example.", RecordType::A));
}

#[test]
fn the_root_is_a_dot() {
    assert_eq!(asked("dns://10.0.0.2/.?type=NS"), ok(".", RecordType::NS));
}

#[test]
fn an_address_becomes_its_reverse_name() {
    assert_eq!(asked("dns://10.0.0.2/192.0.2.7?type=PTR"), ok("7.2.0.192.in-addr.arpa.", RecordType::PTR));
    assert!(asked("dns://10.0.0.2/2001:db8::1?type=PTR").unwrap().0.ends_with(".8.b.d.0.1.0.0.2.ip6.arpa."));
}

#[test]
fn mistakes_are_all_told_with_what_was_meant() {
    for (url, told) in [
        ("dns://10.0.0.2", "the name to ask for is missing: such as dns://10.0.0.2/example.com?type=AAAA; the root is `/.`"),
        ("dns://10.0.0.2/x.example?type=AAA", "`AAA` is not a type that can be asked for: did you mean `AAAA`?"),
        ("dns://10.0.0.2/x.example?tpye=A", "`tpye` is no part of a dns URL: only `type` is, such as ?type=AAAA"),
        ("dns://10.0.0.2/x.example?type=A&type=MX", "`type` is given twice"),
        ("dns://10.0.0.2/x..example", "`x..example` is not a name that DNS can hold"),
    ] {
        assert_eq!(asked(url).unwrap_err(), told, "{url}");
    }
    let both = asked("dns://10.0.0.2/?type=NONSENSE").unwrap_err();
    assert!(both.starts_with("the name to ask for is missing") && both.contains("; `NONSENSE` is not a type"), "{both}");
}
