use allswell_model::settings::{Raw, Settings};

use super::PROTOCOLS;
use crate::network::NETWORK_SETTINGS;

#[test]
fn every_default_that_is_declared_reads() {
    for protocol in PROTOCOLS {
        for spec in protocol.declaration().settings.iter().chain(NETWORK_SETTINGS) {
            if let Some(default) = spec.default {
                let typed = [(spec.name.to_owned(), Raw::Scalar(default.into()))];
                assert!(Settings::read(&[*spec], &typed).is_ok(), "{} {default}", spec.name);
            }
        }
    }
}
