//! What a chip answers to INITIALIZE UPDATE, and the security levels it offers (Amendment D 5.1, 7.1.1).

use super::{ChipSerial, KDD_LEN, Mode};
use crate::reason::{Reason, Refusal};

/// Why an answer to INITIALIZE UPDATE is none of SCP03.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AnswerError {
    /// A length or parameter that no version of SCP03 gives.
    #[error("INITIALIZE UPDATE answer of {0} bytes is malformed")]
    Malformed(usize),
    /// The chip speaks another secure channel protocol than 03.
    #[error("chip speaks secure channel protocol {0:02X}, not 03")]
    OtherProtocol(u8),
}

impl Refusal for AnswerError {
    fn reason(&self) -> Reason {
        match self {
            Self::Malformed(_) => Reason::UnexpectedAnswer,
            Self::OtherProtocol(_) => Reason::CardNotOurs,
        }
    }
}

/// What is protected after authentication.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// 01: C-MAC.
    CMac,
    /// 03: C-MAC and C-ENC.
    CMacCEnc,
    /// 11: C-MAC and R-MAC.
    CMacRMac,
    /// 13: C-MAC, C-ENC and R-MAC.
    CMacCEncRMac,
    /// 33: C-MAC, C-ENC, R-MAC and R-ENC.
    Full,
}

impl Level {
    /// All levels.
    pub const ALL: [Self; 5] = [Self::CMac, Self::CMacCEnc, Self::CMacRMac, Self::CMacCEncRMac, Self::Full];

    /// P1 of EXTERNAL AUTHENTICATE.
    #[must_use]
    pub fn byte(self) -> u8 {
        match self {
            Self::CMac => 0x01,
            Self::CMacCEnc => 0x03,
            Self::CMacRMac => 0x11,
            Self::CMacCEncRMac => 0x13,
            Self::Full => 0x33,
        }
    }

    /// The level of a P1.
    #[must_use]
    pub fn from_byte(byte: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|l| l.byte() == byte)
    }

    /// Whether command data are encrypted.
    #[must_use]
    pub fn encrypts_commands(self) -> bool {
        self.byte() & 0x02 != 0
    }

    /// Whether responses carry a MAC.
    #[must_use]
    pub fn authenticates_responses(self) -> bool {
        self.byte() & 0x10 != 0
    }

    /// Whether response data are encrypted.
    #[must_use]
    pub fn encrypts_responses(self) -> bool {
        self.byte() & 0x20 != 0
    }
}

/// The parameter `i` of SCP03: what the chip can do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameter(pub u8);

impl Parameter {
    /// The card profile's: pseudo-random challenge, R-MAC, R-ENC, S8.
    pub const PROFILE: Self = Self(0x70);

    /// S8 or S16.
    #[must_use]
    pub fn mode(self) -> Mode {
        if self.0 & 0x01 == 0 { Mode::S8 } else { Mode::S16 }
    }

    /// Whether the card challenge is derived and the answer carries the sequence counter.
    #[must_use]
    pub fn pseudo_random(self) -> bool {
        self.0 & 0x10 != 0
    }

    /// Whether the chip offers a security level.
    #[must_use]
    pub fn offers(self, level: Level) -> bool {
        let r_mac = self.0 & 0x20 != 0;
        let r_enc = r_mac && self.0 & 0x40 != 0;
        (r_mac || !level.authenticates_responses()) && (r_enc || !level.encrypts_responses())
    }
}

/// The answer to INITIALIZE UPDATE. All of it is public.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InitUpdateAnswer {
    /// Key diversification data: the chip serial.
    pub serial: ChipSerial,
    /// Key version number.
    pub kvn: u8,
    /// What the chip can do.
    pub i: Parameter,
    /// The card's challenge.
    pub card_challenge: Vec<u8>,
    /// The card's cryptogram.
    pub card_cryptogram: Vec<u8>,
    /// The sequence counter, where the challenge is pseudo-random.
    pub counter: Option<[u8; 3]>,
}

impl InitUpdateAnswer {
    /// Takes the answer's data apart.
    ///
    /// # Errors
    /// Any [`AnswerError`].
    pub fn parse(data: &[u8]) -> Result<Self, AnswerError> {
        let bad = AnswerError::Malformed(data.len());
        let (&serial, rest) = data.split_first_chunk::<KDD_LEN>().ok_or(bad)?;
        let (&[kvn, protocol], rest) = rest.split_first_chunk::<2>().ok_or(bad)?;
        if protocol != 3 {
            return Err(AnswerError::OtherProtocol(protocol));
        }
        let (&i, rest) = rest.split_first().ok_or(bad)?;
        let i = Parameter(i);
        let (card_challenge, rest) = rest.split_at_checked(i.mode().len()).ok_or(bad)?;
        let (card_cryptogram, rest) = rest.split_at_checked(i.mode().len()).ok_or(bad)?;
        let counter = match (i.pseudo_random(), rest) {
            (false, []) => None,
            (true, &[a, b, c]) => Some([a, b, c]),
            _ => return Err(bad),
        };
        let (card_challenge, card_cryptogram) = (card_challenge.to_vec(), card_cryptogram.to_vec());
        Ok(Self { serial: ChipSerial(serial), kvn, i, card_challenge, card_cryptogram, counter })
    }

    /// The chip serial of an answer, whatever protocol it speaks: every answer to INITIALIZE UPDATE begins with the key diversification
    /// data (GlobalPlatform Card Specification E.5.1, Amendment D 7.1.1). Nothing vouches for it.
    #[must_use]
    pub fn announced_serial(data: &[u8]) -> Option<ChipSerial> {
        data.first_chunk::<KDD_LEN>().map(|serial| ChipSerial(*serial))
    }

    /// The answer's data.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let head = [&self.serial.0[..], &[self.kvn, 3, self.i.0]].concat();
        let counter = self.counter.map(|c| c.to_vec()).unwrap_or_default();
        [&head[..], &self.card_challenge, &self.card_cryptogram, &counter].concat()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_and_parameters() {
        assert_eq!(Level::from_byte(0x33), Some(Level::Full));
        assert_eq!(Level::from_byte(0x00), None);
        assert!(Parameter::PROFILE.offers(Level::Full) && Parameter::PROFILE.pseudo_random());
        assert!(!Parameter(0x00).offers(Level::CMacRMac) && Parameter(0x00).offers(Level::CMacCEnc));
        assert!(Parameter(0x20).offers(Level::CMacCEncRMac) && !Parameter(0x20).offers(Level::Full));
        assert!(!Parameter(0x40).offers(Level::Full));
        assert_eq!(Parameter(0x71).mode(), Mode::S16);
    }

    #[test]
    fn answers_of_other_lengths_and_protocols_are_refused() {
        let good = InitUpdateAnswer {
            serial: ChipSerial([5; 10]),
            kvn: 0x31,
            i: Parameter::PROFILE,
            card_challenge: vec![1; 8],
            card_cryptogram: vec![2; 8],
            counter: Some([0, 0, 7]),
        };
        let bytes = good.encode();
        assert_eq!(bytes.len(), 32);
        assert_eq!(InitUpdateAnswer::parse(&bytes), Ok(good));
        for cut in 0..32 {
            assert_eq!(InitUpdateAnswer::parse(&bytes[..cut]), Err(AnswerError::Malformed(cut)));
        }
        assert_eq!(InitUpdateAnswer::parse(&[&bytes[..], &[0]].concat()), Err(AnswerError::Malformed(33)));
        let scp02 = [&bytes[..11], &[2], &bytes[12..]].concat();
        assert_eq!(InitUpdateAnswer::parse(&scp02), Err(AnswerError::OtherProtocol(2)));
        assert_eq!(InitUpdateAnswer::announced_serial(&scp02), Some(ChipSerial([5; 10])));
        assert_eq!(InitUpdateAnswer::announced_serial(&bytes[..9]), None);
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_parsed_or_refused(data: Vec<u8>) {
            if let Ok(answer) = InitUpdateAnswer::parse(&data) {
                assert_eq!(answer.encode(), data);
            }
        }
    }
}
