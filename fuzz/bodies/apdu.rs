//! Commands, responses and the structures inside them, on either side: MSE:Set AT, GENERAL AUTHENTICATE, SCP03's answers, PUT KEY.

use super::input::Input;
use ektp::chip::apdu::{Command, Response};
use ektp::chip::scp03::card::parse_initialize_update;
use ektp::chip::scp03::{InitUpdateAnswer, Parameter};
use ektp::chip::set_at::{SetAt, dynamic, dynamic_empty};
use ektp::chip::ta::host::parse_ef_cvca;
use ektp::crypto::scp03::parse_put_key;
use ektp::crypto::symmetric::AesKey;

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let Some(which) = input.byte() else { return };
    match which % 4 {
        0 => command(input.0),
        1 => drop(Response::parse(input.0.to_vec())),
        2 => scp03(input.0),
        _ => objects(input.0),
    }
}

fn command(data: &[u8]) {
    let Ok(command) = Command::parse(data) else { return };
    let again = command.encode().and_then(|bytes| Command::parse(&bytes));
    assert_eq!(again.as_ref().ok(), Some(&command), "what was parsed encodes and parses again");
    let _ = SetAt::parse(&command);
    let _ = parse_initialize_update(&command, Parameter::PROFILE);
}

fn scp03(data: &[u8]) {
    if let Ok(answer) = InitUpdateAnswer::parse(data) {
        assert_eq!(InitUpdateAnswer::parse(&answer.encode()).as_ref(), Ok(&answer));
    }
    let key = AesKey::new(&[7; 16]).unwrap_or_else(|_| unreachable!("sixteen bytes"));
    let _ = parse_put_key(&key, data);
}

fn objects(data: &[u8]) {
    let _ = dynamic_empty(data);
    for tag in [0x80, 0x82, 0x84, 0x86] {
        let _ = dynamic(data, tag);
    }
    let _ = parse_ef_cvca(data);
}
