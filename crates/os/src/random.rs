//! The system's source of randomness.

use rustix::io::Errno;
use rustix::rand::{GetRandomFlags, getrandom};

/// Whether it was seeded since the host started; until then whoever needs randomness waits.
#[must_use]
pub fn is_seeded() -> bool {
    let mut byte = [0_u8; 1];
    // A kernel without the call, or a sandbox that forbids it, does not make anybody wait.
    getrandom(&mut byte, GetRandomFlags::NONBLOCK) != Err(Errno::AGAIN)
}

#[cfg(test)]
mod tests {
    #[test]
    fn a_host_that_runs_tests_is_seeded() {
        assert!(super::is_seeded());
    }
}
