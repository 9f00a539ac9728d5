use std::fs;

use allswell_testkit::certificate::Leaf;

use super::*;

#[test]
fn a_file_that_will_not_do_is_named_with_its_fault() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let (one, other) = (Leaf::of(&["localhost"]).self_signed(), Leaf::of(&["localhost"]).self_signed());
    fs::write(path("one.pem"), one.pem()).unwrap();
    fs::write(path("one.key"), one.key_pem()).unwrap();
    fs::write(path("other.key"), other.key_pem()).unwrap();
    fs::write(path("empty"), "").unwrap();
    fs::write(path("broken"), "-----BEGIN CERTIFICATE-----\n!!\n-----END CERTIFICATE-----\n").unwrap();
    for (certificate, key, said) in [
        ("nowhere", "one.key", "/nowhere cannot be read: "),
        ("one.pem", "nowhere", "/nowhere cannot be read: "),
        ("empty", "one.key", "/empty holds no certificate in PEM."),
        ("one.pem", "empty", "/empty holds no private key in PEM."),
        ("one.pem", "one.pem", "/one.pem holds no private key in PEM."),
        ("one.key", "one.key", "/one.key holds no certificate in PEM."),
        ("broken", "one.key", "/broken is not PEM."),
        ("one.pem", "other.key", "/other.key: "),
    ] {
        let error = Tls::read(&path(certificate), &path(key)).unwrap_err().to_string();
        assert!(error.contains(said), "{certificate}, {key}: {error}");
    }
    Tls::read(&path("one.pem"), &path("one.key")).unwrap();
}

#[test]
fn changed_files_are_read_again_and_broken_ones_change_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let (certificate, key) = (folder.path().join("pem"), folder.path().join("key"));
    let write = |identity: &allswell_testkit::certificate::Identity, age_s: u64| {
        for (path, text) in [(&certificate, identity.pem()), (&key, identity.key_pem())] {
            fs::write(path, text).unwrap();
            let at = SystemTime::now() - Duration::from_secs(age_s);
            fs::File::options().write(true).open(path).unwrap().set_modified(at).unwrap();
        }
    };
    write(&Leaf::of(&["localhost"]).self_signed(), 30);
    let tls = Tls::read(&certificate, &key).unwrap();
    let before = tls.0.config.read().unwrap().clone();
    assert!(!tls.renew().unwrap());
    fs::write(&certificate, "half a fi").unwrap();
    assert!(tls.renew().is_err());
    assert!(Arc::ptr_eq(&before, &tls.0.config.read().unwrap()));
    write(&Leaf::of(&["localhost"]).self_signed(), 20);
    assert!(tls.renew().unwrap());
    assert!(!Arc::ptr_eq(&before, &tls.0.config.read().unwrap()));
    assert!(!tls.renew().unwrap() && !tls.falls_due());
}

#[test]
fn what_plain_clients_hear_is_as_long_as_it_says() {
    for (said, length) in [(NOT_TLS, 49), (crate::serve::TURNED_AWAY, 46)] {
        let said = std::str::from_utf8(said).unwrap();
        let (head, body) = said.split_once("\r\n\r\n").unwrap();
        assert_eq!(body.len(), length, "{body:?}");
        assert!(head.contains(&format!("Content-Length: {length}\r\n")), "{head}");
    }
}
