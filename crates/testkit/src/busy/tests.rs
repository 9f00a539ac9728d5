//! The processes compute, and are gone with their holder.

use super::*;

#[test]
fn they_compute_until_they_are_dropped() {
    let loops = Loops::start(3);
    let ids = loops.ids();
    assert_eq!(ids.len(), 3);
    for id in &ids {
        let stat = fs::read_to_string(format!("/proc/{id}/stat")).unwrap();
        assert!(stat.contains("(sh) R "), "{stat}");
    }
    drop(loops);
    // A process that was not waited for would still be there, as a zombie.
    assert!(ids.iter().all(|id| !fs::exists(format!("/proc/{id}")).unwrap()));
}
