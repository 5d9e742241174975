//! ANSI/NIST transactions, from their first field on.

use ektp::finger::image::{Asked, find};

pub fn run(data: &[u8]) {
    let _ = find(&[b"1.001:", data].concat(), Asked::default());
}
