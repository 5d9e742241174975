//! How to talk to a chip: APDU, secure messaging, SCP03, PACE, CA, TA, AA, and the ports.

pub mod aa;
pub mod apdu;
pub mod bac;
pub mod ca;
pub mod channel;
pub mod link;
pub mod pace;
pub mod port;
pub mod scp03;
pub mod set_at;
pub mod sm;
pub mod status;
pub mod ta;
pub mod trace;
