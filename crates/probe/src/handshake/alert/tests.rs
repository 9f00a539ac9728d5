use super::*;

#[test]
fn alerts_are_called_as_the_standard_calls_them() {
    for (alert, name) in [
        (AlertDescription::HandshakeFailure, "handshake_failure"),
        (AlertDescription::UnknownCA, "unknown_ca"),
        (AlertDescription::BadRecordMac, "bad_record_mac"),
        (AlertDescription::UnknownPSKIdentity, "unknown_pskidentity"),
        (AlertDescription::Unknown(200), "unknown"),
    ] {
        assert_eq!(rfc_name(alert), name);
    }
}
