//! Read-back: the image and nothing but the image.

use super::kit::Card;
use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::reason::{Reason, Refusal};
use crate::verify::check::CheckName;
use crate::verify::evidence::{Content, Evidence};
use crate::verify::live::LiveProof;
use crate::verify::readback::{ReadBackError, equals_image};

fn read_back(card: &Card, evidence: &Evidence, image: &CardFiles) -> Result<(), ReadBackError> {
    let proof = LiveProof::new(evidence, Some(card.ephemeral.clone()), None);
    equals_image(evidence, &proof, &card.trust(), card.now, image).map(drop)
}

#[test]
fn a_chip_that_holds_the_image_matches() {
    let card = Card::new();
    assert_eq!(read_back(&card, &card.evidence(), &card.files), Ok(()));
}

#[test]
fn every_difference_is_named() {
    let card = Card::new();
    let mut evidence = card.evidence();
    let mut bytes = card.files.get(FileId::Dg2).unwrap().to_vec();
    bytes[9] ^= 1;
    evidence.files.insert(FileId::Dg2, Content::Bytes(bytes.clone().into()));
    assert_eq!(read_back(&card, &evidence, &card.files), Err(ReadBackError::Differs { file: FileId::Dg2, offset: 9 }));
    bytes[9] ^= 1;
    bytes.pop();
    evidence.files.insert(FileId::Dg2, Content::Bytes(bytes.into()));
    let length = ReadBackError::Length { file: FileId::Dg2, written: 304, read: 303 };
    assert_eq!(read_back(&card, &evidence, &card.files), Err(length.clone()));
    assert_eq!(length.reason(), Reason::ReadBackDiffers);
    evidence.files.remove(&FileId::Dg2);
    assert_eq!(read_back(&card, &evidence, &card.files), Err(ReadBackError::NotRead(FileId::Dg2)));
    let mut image = card.files.clone();
    image.0.remove(&FileId::Fingers);
    assert_eq!(read_back(&card, &card.evidence(), &image), Err(ReadBackError::Unexpected(FileId::Fingers)));
}

#[test]
fn a_chip_without_the_key_does_not_match() {
    let card = Card::new();
    let mut evidence = card.evidence();
    evidence.chip_authentication = Some(card.transcript(&card.aa_key));
    let check = ReadBackError::Check { check: CheckName::ChipAuthentication, reason: Reason::CloneSuspected };
    assert_eq!(read_back(&card, &evidence, &card.files), Err(check));
    evidence.chip_authentication = None;
    let check = ReadBackError::Check { check: CheckName::ChipAuthentication, reason: Reason::PresenceNotProven };
    assert_eq!(read_back(&card, &evidence, &card.files), Err(check));
}
