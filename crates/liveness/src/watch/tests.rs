//! Who is told, and who not any more.

use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::atomic::AtomicU32;
use std::time::{Duration, Instant};

use super::*;

#[derive(Default)]
struct Ear(AtomicU32);

impl Hears for Ear {
    fn hear(&self, events: Events) {
        self.0.fetch_or(events.bits(), Ordering::SeqCst);
    }
}

impl Ear {
    fn heard(&self) -> bool {
        self.0.load(Ordering::SeqCst) != 0
    }
}

fn ear() -> (Arc<Ear>, Weak<dyn Hears>) {
    let ear = Arc::new(Ear::default());
    let hears: Arc<dyn Hears> = Arc::clone(&ear) as Arc<dyn Hears>;
    (ear, Arc::downgrade(&hears))
}

fn pair() -> (TcpStream, TcpStream) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let near = TcpStream::connect(listener.local_addr().unwrap()).unwrap();
    (near, listener.accept().unwrap().0)
}

fn until_heard(ear: &Ear) {
    let deadline = Instant::now() + Duration::from_secs(5);
    while !ear.heard() {
        assert!(Instant::now() < deadline, "nothing was heard");
        thread::yield_now();
    }
}

/// Whoever came earlier is told earlier, so a second ear tells that the first has heard nothing.
#[test]
fn who_was_removed_is_not_told() {
    let watch = Watch::of_this_process().unwrap();
    let ((removed, first), (added, second)) = (ear(), ear());
    let (near, far) = pair();
    let token = watch.add(&near, first).unwrap();
    watch.remove(&near, token);
    watch.add(&near, second).unwrap();
    far.shutdown(Shutdown::Write).unwrap();
    until_heard(&added);
    assert!(!removed.heard());
}

/// It is stopped by the last and taken over by the next, in whatever order the thread sees that.
#[test]
fn holders_that_come_and_go_are_told_all_the_same() {
    for _ in 0..500 {
        let watch = Watch::of_this_process().unwrap();
        let (ear, hears) = ear();
        let (near, far) = pair();
        watch.add(&near, hears).unwrap();
        drop(far);
        until_heard(&ear);
    }
}

#[test]
fn what_cannot_be_watched_is_refused_and_forgotten() {
    let watch = Watch::of_this_process().unwrap();
    let (_ear, hears) = ear();
    let file = std::fs::File::open("/proc/self/stat").unwrap();
    assert!(watch.add(&file, hears).is_err());
}

/// As after `fork`, where the parent's is inherited: its thread is not, and what is taken from its epoll instance is taken from the parent.
#[test]
fn what_was_inherited_is_neither_used_nor_changed() {
    let parent = Shared::start(process::id() + 1).unwrap();
    let mut current = Some(Arc::clone(&parent));
    let ours = Shared::of_process(&mut current, process::id()).unwrap();
    assert!(!Arc::ptr_eq(&ours, &parent));
    assert!(Arc::ptr_eq(&ours, &Shared::of_process(&mut current, process::id()).unwrap()));
    parent.holders.fetch_add(1, Ordering::Relaxed);
    let inherited = Watch { shared: Arc::clone(&parent) };
    let ((_ear, hears), (near, _far)) = (ear(), pair());
    let token = inherited.add(&near, hears).unwrap();
    inherited.remove(&near, token);
    drop(inherited);
    assert!(parent.watcher.remove(&near).is_ok(), "the parent watches it still");
    [parent, ours].iter().for_each(|shared| shared.watcher.stop());
}
