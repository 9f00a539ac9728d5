use super::*;

#[test]
fn every_default_is_what_its_key_takes() {
    for key in FILE.iter().chain(NODE).chain(RETENTION).chain(TLS).chain(ACCESS).chain(TARGET).chain(SHARED) {
        let Takes::Value(kind) = key.takes else { continue };
        let Some(default) = key.default else { continue };
        let spec = SettingSpec { name: key.name, kind, default: None, doc: key.doc };
        let typed = [(key.name.to_owned(), allswell_probe::Raw::Scalar(default.to_owned()))];
        assert!(allswell_probe::Settings::read(&[spec], &typed).is_ok(), "{} {default}", key.name);
    }
}

#[test]
fn no_key_of_a_target_means_two_things() {
    let names = names(target_keys());
    let unique: std::collections::BTreeSet<&str> = names.iter().copied().collect();
    assert_eq!(names.len(), unique.len(), "{names:?}");
}
