//! One declaration made of two lists, while the program is built: what protocols over TLS share, and their own.

/// `first`, then `second`. `N` is the sum of their lengths; another number does not compile.
#[expect(clippy::indexing_slicing, reason = "an index out of bounds fails the build, because this runs only in constants")]
pub(crate) const fn joined<T: Copy, const N: usize>(first: &[T], second: &[T]) -> [T; N] {
    assert!(N == first.len() + second.len());
    let mut all = [first[0]; N];
    let mut at = 0;
    while at < N {
        all[at] = if at < first.len() { first[at] } else { second[at - first.len()] };
        at += 1;
    }
    all
}
