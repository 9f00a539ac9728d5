use super::*;

/// argon2id of `correct horse`, cheap.
const CHEAP: &str = "$argon2id$v=19$m=64,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$";

fn refused(text: &str) -> String {
    Phc::parse(text).err().unwrap().to_string()
}

#[test]
fn a_password_is_hashed_with_a_salt_of_its_own_and_verified() {
    let (one, other) = (hash_password("correct horse").unwrap(), hash_password("correct horse").unwrap());
    assert!(one.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{one}");
    assert_ne!(one, other);
    let phc = Phc::parse(&one).unwrap();
    assert!(phc.verify(b"correct horse"));
    assert!(!phc.verify(b"correct horsf") && !phc.verify(b""));
    assert!(hash_password("").is_err());
}

#[test]
fn a_hash_that_is_none_is_told_why_and_not_repeated() {
    let digest = "YWJjZGVmZ2hpamtsbW5vcHFyc3R1dnd4eXo";
    for (text, why) in [
        ("secret", "not a PHC string"),
        (&format!("{CHEAP}{digest}").replace("argon2id", "argon2i"), "another algorithm"),
        (&format!("{CHEAP}{digest}").replace("argon2id", "argon2d"), "another algorithm"),
        (&format!("{CHEAP}{digest}").replace("v=19", "v=16"), "another version"),
        (CHEAP.trim_end_matches('$'), "missing or too short"),
        (&format!("{CHEAP}{digest}").replace("m=64", "m=1048576"), "costs more"),
        (&format!("{CHEAP}{digest}").replace("t=1", "t=1000"), "costs more"),
        ("$2b$12$abcdefghijklmnopqrstuv", "no argon2id hash"),
    ] {
        let said = refused(text);
        assert!(said.contains(why), "{text}: {said}");
        assert!(!said.contains(digest) && !said.contains("secret"), "{said}");
    }
    assert!(Phc::parse(&format!("{CHEAP}{digest}")).is_ok());
}

#[test]
fn a_token_is_long_and_known_by_its_hash() {
    let token = new_token().unwrap();
    assert_eq!((token.len(), token == new_token().unwrap()), (64, false));
    assert_eq!(hash_token("abc"), "sha256:ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
    let hash = TokenHash::parse(&hash_token(&token).replace('a', "A").replace("shA", "sha")).unwrap();
    assert!(hash.is(&TokenHash::of(&token)) && !hash.is(&TokenHash::of("abc")));
    for none in
        ["", "abc", "sha256:", "sha256:xy", &format!("sha256:{}", "g".repeat(64)), &format!("sha256:{}", "é".repeat(32)), &"0".repeat(64)]
    {
        assert!(TokenHash::parse(none).is_err(), "{none}");
    }
    assert!(TokenHash::parse(&format!("sha256:{}", "+1".repeat(32))).is_err());
}
