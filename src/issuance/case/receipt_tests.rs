//! Codes that are ours, and codes that are not.

use super::*;

fn key(n: u8) -> StoreKey {
    StoreKey::new(&[n; 32]).unwrap()
}

fn id(text: &str) -> Id {
    Id::parse(text).unwrap()
}

#[test]
fn a_code_is_told_from_every_other_and_from_a_forged_one() {
    let (ours, a) = (key(1), id("A-1"));
    let text = stub(&ours, &a, Stub::Summons);
    assert_eq!(check_stub(&ours, &a, Stub::Summons, &text), Ok(()));
    assert_eq!(check_stub(&ours, &a, Stub::Summons, &format!(" {text}\n")), Ok(()), "as a scanner hands it over");
    assert_eq!(check_stub(&ours, &a, Stub::Form, &text), Err(ReceiptError::Kind));
    assert_eq!(check_stub(&ours, &id("A-2"), Stub::Summons, &text), Err(ReceiptError::Other));
    assert_eq!(check_stub(&key(2), &a, Stub::Summons, &text), Err(ReceiptError::Forged));
    let renamed = text.replace("A-1", "A-2");
    assert_eq!(check_stub(&ours, &id("A-2"), Stub::Summons, &renamed), Err(ReceiptError::Forged));
    for bad in ["", "EKTP1", "EKTP2/S/A-1/0/00", "EKTP1/S/A-1/x/00", "EKTP1/S/A 1/0/00", &format!("{text}/1")] {
        assert_eq!(check_stub(&ours, &a, Stub::Summons, bad), Err(ReceiptError::Form), "{bad}");
    }
    let mut marks: Vec<String> = [Stub::Summons, Stub::Form, Stub::VisitSlip].map(|of| stub(&ours, &a, of)).into();
    marks.dedup();
    assert_eq!(marks.len(), 3);
    assert!(text.len() <= crate::limits::FORM_CODE_CHARS);
}

#[test]
fn each_refusal_has_its_reason() {
    assert_eq!(ReceiptError::Forged.reason(), Reason::ReceiptInvalid);
    assert_eq!(ReceiptError::Replaced(2).reason(), Reason::ReceiptInvalid);
    assert_eq!(ReceiptError::NotStamped.reason(), Reason::WrongState);
    assert_eq!(ReceiptError::Form.reason(), Reason::InputInvalid);
}
