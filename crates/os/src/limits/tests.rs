//! The figures of this very test.

use super::*;

#[test]
fn descriptors_are_counted() {
    let before = descriptors().unwrap();
    let held: Vec<_> = (0..64).map(|_| fs::File::open("/dev/null").unwrap()).collect();
    let after = descriptors().unwrap();
    assert!(before.open > 0 && before.soft <= before.hard);
    // Tests in other threads open and close descriptors meanwhile, so the difference is not exact.
    assert!(after.open >= before.open + 32, "{before:?} {after:?} holding {}", held.len());
}

#[test]
fn the_soft_limit_rises_to_the_hard_one() {
    let raised = raise_descriptors().unwrap();
    let now = descriptors().unwrap();
    assert_eq!((now.soft, now.hard), (raised, raised));
}

#[test]
fn memory_threads_and_time_are_used() {
    assert!(memory_resident().unwrap() > 100_000);
    let before = threads().unwrap();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let waiting = std::thread::spawn(move || wait.recv());
    assert!(threads().unwrap() >= 2, "{before}");
    drop(done);
    assert!(waiting.join().unwrap().is_err());
    let start = cpu_time();
    let deadline = std::time::Instant::now() + Duration::from_secs(5);
    while cpu_time() == start {
        assert!(std::time::Instant::now() < deadline);
    }
}

#[test]
fn a_missing_figure_is_named() {
    assert_eq!(status("Nothing:").unwrap_err().to_string(), "/proc/self/status has no Nothing:");
}

#[test]
fn what_was_inherited_is_not_passed_on() {
    use rustix::io::{FdFlags, fcntl_getfd, fcntl_setfd};
    let file = std::fs::File::open("/dev/null").unwrap();
    fcntl_setfd(&file, FdFlags::empty()).unwrap();
    keep_descriptors().unwrap();
    assert_eq!(fcntl_getfd(&file).unwrap(), FdFlags::CLOEXEC);
}
