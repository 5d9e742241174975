//! Commands and responses; and a blank software chip that takes any command.
#![no_main]
use ektp::chip::apdu::{Command, Response};

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    if let Ok(command) = Command::parse(data) {
        let again = command.encode().and_then(|bytes| Command::parse(&bytes));
        assert!(again.is_ok(), "what was parsed encodes and parses again");
    }
    let _ = Response::parse(data.to_vec());
});
