//! Whether browsers can reach the page, and whether its address is to be had.

use std::io;
use std::net::{SocketAddr, TcpListener};

use allswell_os::listening;
use allswell_web::Tls;

use super::finding::{Finding, Where};
use super::subject::Subject;

const TOPIC: &str = "page";

/// The first port that everybody may listen on.
const UNPRIVILEGED: &str = "net.ipv4.ip_unprivileged_port_start";

/// Tries to listen for a moment; accepts nothing.
pub(crate) fn finding(listen: SocketAddr, contained: bool) -> Finding {
    say(listen, TcpListener::bind(listen).map(drop), contained)
}

pub(crate) fn say(listen: SocketAddr, tried: io::Result<()>, contained: bool) -> Finding {
    let port = listen.port();
    let finding = match tried {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => {
            // A running allswell is the usual holder, and the findings of the store tell of it.
            let says = format!("{listen} is taken: by an allswell that runs, or by another program.");
            Finding::note(TOPIC, says).remedy(Where::Root, format!("ss -ltnp 'sport = :{port}'"))
        }
        Err(error) if error.kind() == io::ErrorKind::AddrNotAvailable => {
            let says = format!("{listen} is no address of this host, so the page cannot be served there.");
            Finding::trouble(TOPIC, says).remedy(Where::Configuration, format!("listen: 0.0.0.0:{port}"))
        }
        Err(error) if error.kind() == io::ErrorKind::PermissionDenied => {
            Finding::trouble(TOPIC, format!("Port {port} is kept for the privileged ({error})."))
                .remedy(Where::Configuration, "listen: 127.0.0.1:8420")
                .remedy(Where::Systemd, "AmbientCapabilities=CAP_NET_BIND_SERVICE")
                .remedy(Where::Kubernetes, "securityContext: { capabilities: { add: [NET_BIND_SERVICE] } }")
                .remedy(Where::Root, format!("sysctl -w {UNPRIVILEGED}={port}"))
        }
        Err(error) => Finding::trouble(TOPIC, format!("{listen} cannot be listened on ({error}).")),
        Ok(()) if listen.ip().is_loopback() && contained => {
            let says = format!("{listen} is this container's own loopback: no browser outside it reaches the page.");
            Finding::note(TOPIC, says).remedy(Where::Configuration, format!("listen: 0.0.0.0:{port}  # with `access` and `tls`"))
        }
        Ok(()) if listen.ip().is_loopback() => {
            let says = format!("{listen} is reached by browsers on this host alone; from elsewhere through ssh.");
            Finding::ok(TOPIC, says).remedy(Where::User, format!("ssh -L {port}:{listen} THIS_HOST  # then http://127.0.0.1:{port}/"))
        }
        Ok(()) => Finding::ok(TOPIC, format!("{listen} is reached by browsers from elsewhere, unless a firewall forbids.")),
    };
    finding.figure("listen", listen.to_string()).figure("loopback", listen.ip().is_loopback())
}

/// Who may look, and whether others can read along.
pub(crate) fn protection(subject: &Subject) -> Vec<Finding> {
    let beyond = !subject.listen.ip().is_loopback();
    let mut findings = Vec::new();
    match &subject.tls {
        Some(files) => findings.push(match Tls::read(&files.certificate, &files.key) {
            Ok(_) => Finding::ok(TOPIC, format!("It is served with the certificate of {}.", files.certificate.display())),
            Err(error) => Finding::trouble(TOPIC, error.to_string())
                .remedy(Where::User, format!("openssl x509 -noout -text -in {}", files.certificate.display())),
        }),
        None if beyond => findings.push(
            Finding::note(TOPIC, "It is served in the clear: passwords, tokens and what it shows can be read on the way.")
                .remedy(Where::Configuration, "tls: { certificate: /etc/allswell/page.pem, key: /etc/allswell/page.key }"),
        ),
        None => {}
    }
    if beyond && subject.known == 0 {
        let says = "Nobody is named under `access`: a token is made at each start and shown once.";
        findings.push(Finding::note(TOPIC, says).remedy(Where::User, "allswell hash --name me --role operator"));
    }
    findings
}

/// Whether some service of this host listens on a port of the loopback.
pub(crate) fn somebody_listens(port: u16) -> bool {
    let services = listening::tcp_services().unwrap_or_default();
    services
        .iter()
        .any(|service| service.address.port() == port && (service.address.ip().is_loopback() || service.address.ip().is_unspecified()))
}
