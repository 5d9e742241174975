//! The honest card, read and judged: what every attack is measured against.

use crate::issuer::{Ask, CAN, Card, authority, judge_reading, list, policy, read_port, read_telling};
use ektp::chip::pace::PaceError;
use ektp::lds::file_id::FileId;
use ektp::pki::status_list::CardStatus;
use ektp::read::{Field, Progress, ReadError, Want};
use ektp::reason::{Reason, Refusal};
use ektp::softchip::SoftPort;
use ektp::softchip::faults::{Fault, FaultPlan};
use ektp::verify::{CheckResult, Decision, Mode, judge};

#[test]
fn an_honest_card_is_genuine() {
    let card = Card::honest();
    let files = card.files.clone();
    let reading = card.read().unwrap();
    for (file, bytes) in files.iter().filter(|(f, _)| !matches!(f, FileId::AtrInfo | FileId::Dir)) {
        assert_eq!(reading.evidence.file(file), Some(bytes), "{file}");
    }
    let verdict = judge_reading(&reading);
    assert_eq!((verdict.decision(), verdict.reason()), (Decision::Genuine, None), "{:#?}", verdict.checks);
    assert!(verdict.checks.iter().all(|c| c.result == CheckResult::Passed), "{:#?}", verdict.checks);
    assert!(verdict.sample_keys);
    assert!(reading.evidence.terminal_authentication.unwrap().accepted);
}
