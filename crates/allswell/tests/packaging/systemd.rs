//! `allswell.service` as systemd's own tool judges it. No service is started: that takes a booted systemd.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::process::{Command, Output};

use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::space::Space;

use crate::{packaged, read};

/// Exposure on systemd-analyze's scale times ten. Lower than this goes only what would keep it from its work: no network, no
/// netlink, no raw socket, addresses that are denied.
const EXPOSURE_AT_MOST: &str = "16";

fn analyze(arguments: &[&str]) -> String {
    let Output { status, stdout, stderr } = Command::new("systemd-analyze").args(arguments).output().unwrap_or_else(|error| {
        panic!("systemd-analyze ({error}): on Debian, apt-get install systemd");
    });
    let said = format!("{}{}", String::from_utf8_lossy(&stdout), String::from_utf8_lossy(&stderr));
    assert!(status.success(), "systemd-analyze {arguments:?}: {status}\n{said}");
    said
}

#[test]
fn systemd_understands_every_line_of_the_unit() {
    inside(|| {
        // The unit names the program where it will be installed.
        Space::own().must("mount", &["-t", "tmpfs", "none", "/usr/local/bin"]);
        fs::copy(env!("CARGO_BIN_EXE_allswell"), "/usr/local/bin/allswell").unwrap();
        fs::set_permissions("/usr/local/bin/allswell", fs::Permissions::from_mode(0o755)).unwrap();
        let said = analyze(&["verify", "--man=no", packaged("systemd/allswell.service").to_str().unwrap()]);
        // A line that it does not know is a warning alone.
        assert!(!said.contains("allswell.service"), "{said}");
    });
}

#[test]
fn systemd_finds_the_service_hardly_exposed() {
    let unit = packaged("systemd/allswell.service");
    let said = analyze(&["security", "--offline=true", "--no-pager", "--threshold", EXPOSURE_AT_MOST, unit.to_str().unwrap()]);
    assert!(said.contains("Overall exposure level for allswell.service"), "{said}");
}

#[test]
fn the_one_capability_is_that_of_ping() {
    let unit = read("systemd/allswell.service");
    for line in ["AmbientCapabilities=CAP_NET_RAW", "CapabilityBoundingSet=CAP_NET_RAW", "DynamicUser=yes", "StateDirectory=allswell"] {
        assert!(unit.lines().any(|have| have == line), "{line}");
    }
}
