//! Which certificate authorities this system trusts.

use super::finding::{Finding, Where};

const TOPIC: &str = "authorities";

pub(crate) fn finding() -> Finding {
    let found = rustls_native_certs::load_native_certs();
    let errors: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
    say(found.certs.len(), &errors)
}

pub(crate) fn say(count: usize, errors: &[String]) -> Finding {
    let finding = match (count, errors.first()) {
        (0, _) => Finding::note(TOPIC, "This system has none: Mozilla's list that is built in is used, which ages with the program.")
            .remedy(Where::Root, "apt install ca-certificates")
            .remedy(
                Where::Kubernetes,
                "env: [{ name: SSL_CERT_FILE, value: /etc/ssl/certs/ca-certificates.crt }]  # from a mounted volume",
            ),
        (count, None) => Finding::ok(TOPIC, format!("{count} are trusted, as this system lists them.")),
        (count, Some(error)) => {
            Finding::note(TOPIC, format!("{count} are trusted, as this system lists them; some could not be read ({error})."))
                .remedy(Where::Root, "update-ca-certificates --fresh")
        }
    };
    finding.figure("count", count)
}
