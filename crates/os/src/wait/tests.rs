use super::*;
use std::time::Instant;

#[test]
fn it_waits_as_long_as_it_is_told_and_not_less() {
    be_punctual().unwrap();
    let waiter = Waiter::new().unwrap();
    for micros in [0, 1, 50, 999, 2_500] {
        let begun = Instant::now();
        waiter.wait(Some(Duration::from_micros(micros)), &mut |_, _| unreachable!()).unwrap();
        assert!(begun.elapsed() >= Duration::from_micros(micros), "{micros} us: {:?}", begun.elapsed());
    }
}

#[test]
fn another_thread_wakes_it() {
    let waiter = Waiter::new().unwrap();
    let waker = waiter.waker();
    let thread = std::thread::spawn(move || waker.wake());
    waiter.wait(None, &mut |_, _| unreachable!()).unwrap();
    thread.join().unwrap();
    let begun = Instant::now();
    waiter.wait(Some(Duration::from_millis(5)), &mut |_, _| unreachable!()).unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(5), "one call wakes it once");
}

#[test]
fn what_is_ready_is_told_apart() {
    let waiter = Waiter::new().unwrap();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    waiter.add(&socket, 7).unwrap();
    socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
    let mut told = Vec::new();
    waiter.wait(Some(Duration::from_secs(5)), &mut |token, ready| told.push((token, ready))).unwrap();
    assert_eq!(told, [(7, Ready { input: true, error: false })]);
    waiter.remove(&socket).unwrap();
    waiter.wait(Some(Duration::from_millis(1)), &mut |_, _| unreachable!()).unwrap();
}

#[test]
fn a_nap_is_disturbed_by_nothing_but_the_waker() {
    let waiter = Waiter::new().unwrap();
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    waiter.add(&socket, 7).unwrap();
    socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
    let begun = Instant::now();
    waiter.nap(Duration::from_millis(5)).unwrap();
    assert!(begun.elapsed() >= Duration::from_millis(5));
    waiter.waker().wake();
    waiter.nap(Duration::from_secs(600)).unwrap();
}

#[test]
fn an_older_kernel_is_waited_with_in_two_calls() {
    be_punctual().unwrap();
    let waiter = Waiter::new().unwrap();
    waiter.is_old.store(true, Ordering::Relaxed);
    for micros in [0, 50, 2_500] {
        let begun = Instant::now();
        waiter.wait(Some(Duration::from_micros(micros)), &mut |_, _| unreachable!()).unwrap();
        assert!(begun.elapsed() >= Duration::from_micros(micros), "{micros} us: {:?}", begun.elapsed());
    }
    let socket = std::net::UdpSocket::bind("127.0.0.1:0").unwrap();
    waiter.add(&socket, 7).unwrap();
    socket.send_to(b"x", socket.local_addr().unwrap()).unwrap();
    let mut told = Vec::new();
    waiter.wait(Some(Duration::from_secs(5)), &mut |token, ready| told.push((token, ready))).unwrap();
    assert_eq!(told, [(7, Ready { input: true, error: false })]);
    waiter.waker().wake();
    waiter.remove(&socket).unwrap();
    waiter.wait(None, &mut |_, _| unreachable!()).unwrap();
}
