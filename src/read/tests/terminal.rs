//! What makes a terminal, and what does not.

use super::*;
use crate::pki::sample::Kit;
use crate::world::{DangerousSeededEntropy, SystemClock};

#[test]
fn a_terminal_has_one_certificate_of_its_own_key() {
    let kit = Kit::mint(&SystemClock, &mut DangerousSeededEntropy::new(5)).unwrap();
    let (desk, quality) = (kit.terminal, kit.quality_control);
    let refused = |chain: Vec<Certificate>, key: &PrivateKey| Terminal::new(chain, key.clone()).unwrap_err();
    assert_eq!(refused(vec![kit.dv.clone()], &desk.key), TerminalError::NotOneTerminal(0));
    let both = [desk.chain.clone(), quality.chain].concat();
    assert_eq!(refused(both, &desk.key), TerminalError::NotOneTerminal(2));
    assert_eq!(refused(vec![kit.dv; CHAIN_CERTIFICATES + 1], &desk.key), TerminalError::TooMany);
    let wrong = refused(desk.chain.clone(), &quality.key);
    assert_eq!((wrong, wrong.reason()), (TerminalError::WrongKey, Reason::TerminalNotAccepted));
    let terminal = Terminal::new(desk.chain.clone(), desk.key.clone()).unwrap();
    assert_eq!(terminal.certificate(), &desk.chain[1]);
    assert_eq!(terminal.chain_from(&[]), None, "no way from a trust point that it does not know");
    assert_eq!(terminal.chain_from(&[desk.chain[0].body().car.clone()]), Some(desk.chain));
}
