use super::*;

#[test]
fn a_cursor_leads_back_to_its_target() {
    let id = TargetId::new("prod/db/<é> \"x\"").unwrap();
    let cursor = after_target(&id);
    assert!(cursor.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_'));
    assert_eq!(target_of(&cursor).unwrap(), id);
}

#[test]
fn what_is_no_cursor_is_refused() {
    for text in ["", "t", "t!", "x6162", "prod/db", "t_w"] {
        assert_eq!(target_of(text).unwrap_err().status(), 400, "{text}");
    }
}

#[test]
fn limits_have_bounds() {
    assert_eq!(limit(None).unwrap(), 100);
    assert_eq!(limit(Some("1000")).unwrap(), 1000);
    for said in ["0", "1001", "-1", "ten", "1e3", "99999999999999999999"] {
        assert_eq!(limit(Some(said)).unwrap_err().status(), 400, "{said}");
    }
}
