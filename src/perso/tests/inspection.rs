//! Quality control that looks into the chip's memory from the side: quick, and independent of the reading code.

use crate::chip::link::Link;
use crate::crypto::ec::{Curve, PrivateKey};
use crate::lds::files::CardFiles;
use crate::perso::inspect::{Expected, InspectError, Inspector, Matched};
use crate::perso::stream::Passwords;
use crate::pki::cvc::{Body, Chat, Date, PublicKey, Rights, Role};
use crate::softchip::{SharedChip, State};
use crate::world::DangerousSeededEntropy;
use jiff::Timestamp;

/// Certificate body of a CVCA.
pub(super) fn trust_point() -> Vec<u8> {
    let key = PrivateKey::generate(Curve::P256, &mut DangerousSeededEntropy::new(21)).public_key();
    let day = |text: [u8; 6]| Date::parse(&text).unwrap();
    let body = Body {
        car: "IDCVCATEST00001".parse().unwrap(),
        public_key: PublicKey::ec(&key),
        chr: "IDCVCATEST00001".parse().unwrap(),
        chat: Chat::inspection(Role::Cvca, Rights::FINGERS),
        effective: day([2, 6, 1, 1, 0, 1]),
        expiration: day([2, 9, 1, 1, 0, 1]),
        extensions: None,
    };
    body.encode()
}

/// Looks for every file's bytes in the chip's memory.
pub(super) struct Peek {
    pub(super) chip: SharedChip,
    pub(super) sod: Option<Vec<u8>>,
    pub(super) ready: bool,
}

impl Peek {
    pub(super) fn new(chip: &SharedChip, sod: Option<Vec<u8>>) -> Self {
        Self { chip: chip.clone(), sod, ready: true }
    }
}

/// Files whose bytes the chip does not hold in one piece.
pub(super) fn missing(chip: &SharedChip, files: &CardFiles) -> Vec<&'static str> {
    let memory = chip.lock().unwrap().save();
    let holds = |content: &[u8]| memory.windows(content.len()).any(|w| w == content);
    files.iter().filter(|(_, content)| !holds(content)).map(|(id, _)| id.name()).collect()
}

impl Inspector for Peek {
    fn ready(&self, _: Timestamp) -> Result<(), InspectError> {
        if self.ready { Ok(()) } else { Err(InspectError::NoTerminal("expired")) }
    }

    fn read_back(&mut self, _: &mut Link<'_>, expected: &Expected<'_>) -> Result<Matched, InspectError> {
        if self.chip.lock().unwrap().state() != State::Personalized {
            return Err(InspectError::Differs("not readable".into()));
        }
        match missing(&self.chip, expected.files).first() {
            None => Ok(Matched::unread()),
            Some(name) => Err(InspectError::Differs((*name).into())),
        }
    }

    fn security_object(&mut self, _: &mut Link<'_>, _: &Passwords) -> Result<Vec<u8>, InspectError> {
        Ok(self.sod.clone().unwrap_or_default())
    }

    fn certificate(&self) -> String {
        "IDQCTEST00001".into()
    }
}
