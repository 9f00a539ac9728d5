//! The allocator's own hold on memory.

/// Hands freed memory back to the system, where the C library keeps it for later: after something large that comes seldom.
pub fn give_back() {
    #[cfg(target_env = "gnu")]
    // SAFETY: the call takes a number, locks the allocator itself, and frees nothing that is in use.
    unsafe {
        libc::malloc_trim(0);
    }
}
