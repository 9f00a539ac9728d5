//! The static program alone in a read-only root: no /etc, no /proc, no shell, no capability, no network but a loopback.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::space::Space;

use crate::containerfile::Image;
use crate::http::Site;
use crate::kubernetes;
use crate::started::Started;

const ROOT: &str = "/mnt";

/// The static program; `None` where nobody has made one, which is a failure with `CI=true`.
#[expect(clippy::print_stdout, reason = "a skip is said")]
fn program() -> Option<PathBuf> {
    let named = std::env::var_os("ALLSWELL_DIST").map(PathBuf::from);
    if named.is_none() {
        println!("skipped, because ALLSWELL_DIST names no static program: `cargo xtask dist` makes target/dist/allswell");
        assert!(std::env::var("CI").as_deref() != Ok("true"), "a test may not be skipped with CI=true");
    }
    named
}

/// As the user of the image, in its root, with its environment and nothing more.
fn within(image: &Image, command: &[String]) -> Command {
    let (user, group) = image.user.split_once(':').unwrap();
    let mut unshare = Command::new("unshare");
    unshare.args(["--user", "--map-user", user, "--map-group", group, "--root", ROOT, "--wd", &image.folder]).args(command);
    unshare.env_clear().env("PATH", "/usr/bin").envs(image.environment.iter().cloned());
    unshare
}

fn done(image: &Image, command: &[String]) -> (Option<i32>, String) {
    let Output { status, stdout, stderr } = within(image, command).output().unwrap();
    (status.code(), format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr)))
}

/// Started, and reached by the address and the token that it prints.
fn watch(image: &Image) -> (Started, Site) {
    let started = Started::new(&mut within(image, &[image.entry.as_slice(), &image.command].concat()));
    let line = started.until_it_says("Page:");
    let (address, token) = line.rsplit("http://").next().unwrap().split_once("/?token=").unwrap();
    let site = Site { address: address.parse().unwrap(), token: Some(token.to_owned()) };
    started.until_it_says("History:");
    (started, site)
}

#[test]
fn the_static_program_watches_from_an_empty_root_as_nobody() {
    let Some(program) = program() else { return };
    inside(|| {
        let (image, listener) = (Image::packaged(), TcpListener::bind("127.0.0.1:0").unwrap());
        let targets = format!(
            "  - {{ name: there, url: 'tcp://{}' }}\n  - {{ name: by-name, url: 'tcp://localhost:{}' }}\n  - {{ name: gone, url: 'tcp://127.0.0.1:1' }}\n",
            listener.local_addr().unwrap(),
            listener.local_addr().unwrap().port()
        );
        let configuration = format!("defaults: {{ every: 200ms, timeout: 150ms }}\ntargets:\n{targets}");
        image.root(Path::new(ROOT), &program, &configuration);

        let (mut first, site) = watch(&image);
        let status = fs::read_to_string(format!("/proc/{}/status", first.id())).unwrap();
        assert!(status.contains("CapEff:\t0000000000000000\n"), "it runs without a capability: {status}");
        let interfaces = fs::read_to_string(format!("/proc/{}/net/dev", first.id())).unwrap();
        let others: Vec<&str> = interfaces.lines().filter_map(|line| line.split_once(':')).map(|(name, _)| name.trim()).collect();
        assert_eq!(others, ["lo"], "no packet can leave");

        assert!(site.get("/").1.contains("Allswell"));
        assert_eq!(Site { address: site.address, token: None }.get("/").0, 401, "strangers are not let in");
        site.until("/api/v1/targets?status=up", "both that are there are up", |text| {
            text.contains("\"there\"") && text.contains("\"by-name\"")
        });
        site.until("/api/v1/targets?status=down", "gone is down", |text| text.contains("refused (RST in"));

        for command in [&image.health, &kubernetes::liveness()] {
            assert_eq!(done(&image, command).0, Some(0), "{command:?}: {:?}", done(&image, command));
        }
        let history = Path::new(ROOT).join(image.volume.trim_start_matches('/')).join("allswell.db");
        assert!(history.metadata().unwrap().len() > 0);
        first.end();

        let (mut second, site) = watch(&image);
        let events = site.until("/api/v1/events?limit=1000", "a second start", |text| text.matches("\"event\":\"started\"").count() == 2);
        assert!(events.contains("\"to\":\"down\""), "what was seen before the end is kept: {events}");
        second.end();
    });
}

#[test]
fn without_a_capability_it_pings_where_the_sysctl_of_the_manifests_allows_it_and_else_says_what_is_missing() {
    let Some(program) = program() else { return };
    inside(|| {
        let image = Image::packaged();
        image.root(Path::new(ROOT), &program, "targets: []\n");
        let ping = ["/allswell", "check", "icmp://127.0.0.1", "icmp://[::1]"].map(str::to_owned);
        let (code, said) = done(&image, &ping);
        assert_eq!((code, said.contains("net.ipv4.ping_group_range")), (Some(2), true), "{said}");
        // The one group that this namespace knows is the image's.
        Space::own().sysctl("net.ipv4.ping_group_range", "0 0");
        let (code, said) = done(&image, &ping);
        assert_eq!((code, said.matches("replied in").count()), (Some(0), 2), "{said}");
    });
}
