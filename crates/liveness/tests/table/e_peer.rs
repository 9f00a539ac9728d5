//! E00 to E09, E13 to E16 and E44: what the peer does, and what we hear of it.

use std::io::{Read, Write};
use std::net::{Shutdown, TcpStream};

use allswell_os::events::Events;
use allswell_os::socket::unread;
use allswell_os::tcp_info::TcpState;
use allswell_testkit::namespace::inside;
use allswell_testkit::namespace::path::Path;
use rustix::net::{SendFlags, send};

use crate::check::{check, check_after};
use crate::lab::{Pairs, SERVER, connected, reset, send_one};
use crate::wait;

fn write_all(sockets: &[TcpStream], bytes: &[u8]) {
    sockets.iter().for_each(|mut socket: &TcpStream| socket.write_all(bytes).unwrap());
}

fn shut(sockets: &[TcpStream], how: Shutdown) {
    sockets.iter().for_each(|socket| socket.shutdown(how).unwrap());
}

/// Until so many bytes came to each.
fn arrived(sockets: &[TcpStream], bytes: u64) {
    wait::until("arrived", || sockets.iter().all(|socket| unread(socket).unwrap() == bytes));
}

#[test]
fn e00_idle_alive() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        check("E00", near);
        drop(far);
    });
}

#[test]
fn e01_data_waiting() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        write_all(&far, b"hello");
        arrived(&near, 5);
        check("E01", near);
    });
}

#[test]
fn e02_peer_close() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        drop(far);
        check_after("E02", near, Events::RDHUP);
    });
}

#[test]
fn e03_data_and_fin() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        write_all(&far, b"bye");
        drop(far);
        check_after("E03", near, Events::RDHUP);
    });
}

#[test]
fn e04_peer_shutdown_write() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&far, Shutdown::Write);
        check_after("E04", near, Events::RDHUP);
    });
}

#[test]
fn e05_peer_shutdown_read() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&far, Shutdown::Read);
        check("E05", near);
    });
}

#[test]
fn e06_fin_we_write_rst_comes() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        drop(far);
        wait::events(&near, Events::RDHUP);
        send_one(&near);
        check_after("E06", near, Events::HUP);
    });
}

#[test]
fn e07_rst() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        reset(far);
        check_after("E07", near, Events::HUP);
    });
}

#[test]
fn e08_data_then_rst() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        write_all(&far, b"last");
        arrived(&near, 4);
        reset(far);
        check_after("E08", near, Events::HUP);
    });
}

#[test]
fn e09_peer_close_with_unread_data() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        send_one(&near);
        arrived(&far, 1);
        drop(far);
        check_after("E09", near, Events::HUP);
    });
}

#[test]
fn e13_both_half_closed_peer_first() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&far, Shutdown::Write);
        wait::state(&near, TcpState::CloseWait);
        shut(&near, Shutdown::Write);
        wait::state(&near, TcpState::Close);
        check("E13", near);
        drop(far);
    });
}

#[test]
fn e14_both_half_closed_local_first() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&near, Shutdown::Write);
        far.iter().for_each(|mut far: &TcpStream| assert_eq!(far.read(&mut [0; 1]).unwrap(), 0));
        drop(far);
        wait::state(&near, TcpState::Close);
        check("E14", near);
    });
}

#[test]
fn e15_local_shutdown_then_rst() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&near, Shutdown::Write);
        wait::state(&near, TcpState::FinWait2);
        reset(far);
        check_after("E15", near, Events::HUP);
    });
}

#[test]
fn e16_peer_shutdown_then_rst() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        shut(&far, Shutdown::Write);
        wait::events(&near, Events::RDHUP);
        reset(far);
        check_after("E16", near, Events::HUP);
    });
}

#[test]
fn e44_urgent_byte() {
    inside(|| {
        let path = Path::new();
        let Pairs { near, far, .. } = connected(&path, SERVER);
        far.iter().for_each(|far| assert_eq!(send(far, b"!", SendFlags::OOB).unwrap(), 1));
        check_after("E44", near, Events::PRI);
        drop(far);
    });
}
