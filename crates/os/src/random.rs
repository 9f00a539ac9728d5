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

/// Fills it with bytes that nobody can guess.
///
/// # Errors
/// On a kernel without the call.
pub fn fill(bytes: &mut [u8]) -> std::io::Result<()> {
    let mut rest = bytes;
    while !rest.is_empty() {
        let filled = match getrandom(&mut *rest, GetRandomFlags::empty()) {
            Err(Errno::INTR) => 0,
            other => other?,
        };
        rest = rest.get_mut(filled..).unwrap_or_default();
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    #[test]
    fn two_fillings_differ() {
        let (mut one, mut other) = ([0; 300], [0; 300]);
        super::fill(&mut one).unwrap();
        super::fill(&mut other).unwrap();
        assert_ne!(one, other);
        assert_ne!(one[292..], [0; 8], "to the end");
    }

    #[test]
    fn a_host_that_runs_tests_is_seeded() {
        assert!(super::is_seeded());
    }
}
