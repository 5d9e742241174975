//! Basic Access Control with triple DES (Doc 9303-11 4.3): off by default, for a test profile and readers that know nothing else.

use super::apdu::{Command, Response, StatusWord};
use super::channel::{Channel, RunError};
use super::sm::{SmCard, SmHost, SmKeys};
use crate::crypto::hash::sha1;
use crate::crypto::symmetric::{pad, same};
use crate::crypto::tdes::TdesKey;
use crate::reason::{Reason, Refusal};
use rand_core::CryptoRng;
use zeroize::Zeroizing;

/// Why BAC gave no channel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BacError {
    /// The chip refused a step.
    #[error("{step}: the chip answered {status}")]
    Refused {
        /// GET CHALLENGE or EXTERNAL AUTHENTICATE.
        step: &'static str,
        /// What it answered.
        status: StatusWord,
    },
    /// The chip did not accept the terminal: most likely the MRZ is wrong.
    #[error("the chip does not accept the MRZ")]
    WrongPassword,
    /// An answer that is not of the step's length.
    #[error("{step}: answer of {length} bytes")]
    BadLength {
        /// GET CHALLENGE or EXTERNAL AUTHENTICATE.
        step: &'static str,
        /// Its length.
        length: usize,
    },
    /// The chip's cryptogram is wrong: MAC or echoed random numbers.
    #[error("the chip's cryptogram is wrong")]
    WrongCryptogram,
}

impl Refusal for BacError {
    fn reason(&self) -> Reason {
        match self {
            Self::WrongPassword => Reason::WrongMrz,
            Self::WrongCryptogram => Reason::CardAuthFailed,
            _ => Reason::UnexpectedAnswer,
        }
    }
}

/// The document basic access keys.
#[derive(Debug, Clone)]
pub struct BacKeys {
    enc: TdesKey,
    mac: TdesKey,
}

impl BacKeys {
    /// From the MRZ's key text: document number, birth date, expiry date, each with its check digit.
    #[must_use]
    pub fn from_mrz(key_text: &str) -> Self {
        Self::from_mrz_digest(&Zeroizing::new(sha1(key_text.as_bytes())))
    }

    /// From the SHA-1 of that text, as a chip keeps it.
    #[must_use]
    pub fn from_mrz_digest(digest: &[u8; 20]) -> Self {
        let seed = digest.first_chunk::<16>().unwrap_or_else(|| unreachable!("16 of 20 bytes"));
        Self { enc: derive(seed, 1), mac: derive(seed, 2) }
    }

    /// `E(data) ‖ MAC(E(data))`.
    fn seal(&self, data: &[u8]) -> [u8; 40] {
        let mut out = [0; 40];
        let (sealed, mac) = out.split_at_mut(32);
        sealed.copy_from_slice(data);
        self.enc.cbc_encrypt(sealed).unwrap_or_else(|_| unreachable!("four blocks"));
        mac.copy_from_slice(&self.cryptogram_mac(sealed));
        out
    }

    fn open(&self, cryptogram: &[u8; 40]) -> Option<Zeroizing<[u8; 32]>> {
        let (sealed, mac) = cryptogram.split_first_chunk::<32>()?;
        if !same(mac, &self.cryptogram_mac(sealed)) {
            return None;
        }
        let mut data = Zeroizing::new(*sealed);
        self.enc.cbc_decrypt(&mut *data).ok()?;
        Some(data)
    }

    fn cryptogram_mac(&self, sealed: &[u8]) -> [u8; 8] {
        let mut padded = sealed.to_vec();
        pad(&mut padded, 8);
        self.mac.retail_mac(&[&padded])
    }
}

/// Two-key triple DES key of Doc 9303-11 9.7.1.1, parity adjusted.
fn derive(seed: &[u8; 16], counter: u8) -> TdesKey {
    let input = Zeroizing::new([seed, &[0, 0, 0, counter][..]].concat());
    let digest = Zeroizing::new(sha1(&input));
    let mut key = Zeroizing::new([0; 16]);
    for (byte, d) in key.iter_mut().zip(digest.iter()) {
        *byte = if d.count_ones() % 2 == 0 { d ^ 1 } else { *d };
    }
    TdesKey::new(*key)
}

/// Session keys from both key halves and both random numbers.
fn session(ours: &[u8; 16], theirs: &[u8; 16], rnd_ic: &[u8; 8], rnd_ifd: &[u8; 8]) -> SmKeys {
    let mut seed = Zeroizing::new([0; 16]);
    for ((s, a), b) in seed.iter_mut().zip(ours).zip(theirs) {
        *s = a ^ b;
    }
    let [.., a, b, c, d] = *rnd_ic;
    let [.., e, f, g, h] = *rnd_ifd;
    SmKeys::TripleDes { enc: derive(&seed, 1), mac: derive(&seed, 2), counter: [a, b, c, d, e, f, g, h] }
}

/// What a cryptogram holds: two random numbers and a key half.
fn plain(first: &[u8; 8], second: &[u8; 8], half: &[u8; 16]) -> Zeroizing<[u8; 32]> {
    let mut data = Zeroizing::new([0; 32]);
    for (byte, from) in data.iter_mut().zip(first.iter().chain(second).chain(half)) {
        *byte = *from;
    }
    data
}

/// Splits 32 bytes into two random numbers and a key half.
fn split(data: &[u8; 32]) -> ([u8; 8], [u8; 8], Zeroizing<[u8; 16]>) {
    let (first, rest) = data.split_at(8);
    let (second, key) = rest.split_at(8);
    let take = |bytes: &[u8]| <[u8; 8]>::try_from(bytes).unwrap_or_else(|_| unreachable!("eight bytes"));
    let half = Zeroizing::new(<[u8; 16]>::try_from(key).unwrap_or_else(|_| unreachable!("sixteen bytes")));
    (take(first), take(second), half)
}

/// The chip's challenge is to be fetched.
pub struct Challenging(BacKeys, [u8; 8], Zeroizing<[u8; 16]>);

/// The cryptogram is to be sent.
pub struct Authenticating {
    keys: BacKeys,
    rnd_ic: [u8; 8],
    rnd_ifd: [u8; 8],
    half: Zeroizing<[u8; 16]>,
}

/// Begins: draws RND.IFD and K.IFD, in this order.
#[must_use]
pub fn start(keys: &BacKeys, rng: &mut dyn CryptoRng) -> Challenging {
    let mut rnd_ifd = [0; 8];
    rng.fill_bytes(&mut rnd_ifd);
    let mut half = Zeroizing::new([0; 16]);
    rng.fill_bytes(&mut *half);
    Challenging(keys.clone(), rnd_ifd, half)
}

impl Challenging {
    /// GET CHALLENGE.
    #[must_use]
    pub fn command(&self) -> Command {
        Command::new(0x00, 0x84, 0x00, 0x00).with_le(8)
    }

    /// Takes RND.IC.
    ///
    /// # Errors
    /// [`BacError::Refused`] or [`BacError::BadLength`].
    pub fn receive(self, response: &Response) -> Result<Authenticating, BacError> {
        let step = "GET CHALLENGE";
        if !response.status.is_ok() {
            return Err(BacError::Refused { step, status: response.status });
        }
        let rnd_ic =
            response.data.as_slice().try_into().map_err(|_| BacError::BadLength { step, length: response.data.len() })?;
        Ok(Authenticating { keys: self.0, rnd_ic, rnd_ifd: self.1, half: self.2 })
    }
}

impl Authenticating {
    /// EXTERNAL AUTHENTICATE.
    #[must_use]
    pub fn command(&self) -> Command {
        let data = plain(&self.rnd_ifd, &self.rnd_ic, &self.half);
        Command::new(0x00, 0x82, 0x00, 0x00).with_data(self.keys.seal(&*data)).with_le(40)
    }

    /// Checks the chip's cryptogram and makes the session.
    ///
    /// # Errors
    /// [`BacError::WrongPassword`] on 63XX and 6982, [`BacError::WrongCryptogram`], [`BacError::Refused`] or [`BacError::BadLength`].
    pub fn receive(self, response: &Response) -> Result<SmHost, BacError> {
        let step = "EXTERNAL AUTHENTICATE";
        match response.status {
            StatusWord::NO_ERROR => {}
            status if status.sw1() == 0x63 || status == StatusWord::SECURITY_NOT_SATISFIED => {
                return Err(BacError::WrongPassword);
            }
            status => return Err(BacError::Refused { step, status }),
        }
        let cryptogram =
            response.data.as_slice().try_into().map_err(|_| BacError::BadLength { step, length: response.data.len() })?;
        let (rnd_ic, rnd_ifd, theirs) = split(&*self.keys.open(cryptogram).ok_or(BacError::WrongCryptogram)?);
        if !same(&rnd_ic, &self.rnd_ic) || !same(&rnd_ifd, &self.rnd_ifd) {
            return Err(BacError::WrongCryptogram);
        }
        Ok(SmHost::new(session(&self.half, &theirs, &self.rnd_ic, &self.rnd_ifd)))
    }
}

/// Runs both steps over a plain channel.
///
/// # Errors
/// [`RunError`]; nothing is tried twice.
pub fn run(channel: &mut Channel<'_>, keys: &BacKeys, rng: &mut dyn CryptoRng) -> Result<SmHost, RunError<BacError>> {
    let step = start(keys, rng);
    let answer = channel.send(&step.command())?;
    let step = step.receive(&answer).map_err(RunError::Protocol)?;
    let answer = channel.send(&step.command())?;
    step.receive(&answer).map_err(RunError::Protocol)
}

/// The chip's side, once GET CHALLENGE gave `rnd_ic`: takes EXTERNAL AUTHENTICATE and draws K.IC.
///
/// # Errors
/// 6700 for another length, 6300 for a wrong cryptogram.
pub fn answer(
    keys: &BacKeys,
    rnd_ic: &[u8; 8],
    command: &Command,
    rng: &mut dyn CryptoRng,
) -> Result<(Response, SmCard), StatusWord> {
    let cryptogram = command.data().try_into().map_err(|_| StatusWord::WRONG_LENGTH)?;
    let (rnd_ifd, echoed, theirs) = split(&*keys.open(cryptogram).ok_or(StatusWord::AUTHENTICATION_FAILED)?);
    if !same(&echoed, rnd_ic) {
        return Err(StatusWord::AUTHENTICATION_FAILED);
    }
    let mut half = Zeroizing::new([0; 16]);
    rng.fill_bytes(&mut *half);
    let data = plain(rnd_ic, &rnd_ifd, &half);
    let keys_of_session = session(&half, &theirs, rnd_ic, &rnd_ifd);
    Ok((Response::new(keys.seal(&*data), StatusWord::NO_ERROR), SmCard::new(keys_of_session)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::DangerousSeededEntropy;

    const MRZ: &str = "L898902C<369080619406236";

    fn rng(seed: u64) -> DangerousSeededEntropy {
        DangerousSeededEntropy::new(seed)
    }

    fn ok(data: &[u8]) -> Response {
        Response::new(data, StatusWord::NO_ERROR)
    }

    fn authenticating() -> Authenticating {
        start(&BacKeys::from_mrz(MRZ), &mut rng(1)).receive(&ok(&[5; 8])).unwrap()
    }

    #[test]
    fn both_sides_agree() {
        let keys = BacKeys::from_mrz(MRZ);
        let host = authenticating();
        let (response, mut card) = answer(&keys, &[5; 8], &host.command(), &mut rng(2)).unwrap();
        let mut host = host.receive(&response).unwrap();
        let command = Command::new(0, 0xB0, 0x81, 0).with_le(4);
        assert_eq!(card.unwrap(&host.wrap(&command).unwrap()).unwrap(), command);
        assert_eq!(host.unwrap(&card.wrap(&ok(&[1, 2]))).unwrap().data, [1, 2]);
    }

    #[test]
    fn every_refusal_by_name() {
        let challenge = |response: &Response| start(&BacKeys::from_mrz(MRZ), &mut rng(1)).receive(response).err();
        let status = StatusWord::CONDITIONS_NOT_SATISFIED;
        let refused = |step| Some(BacError::Refused { step, status });
        assert_eq!(challenge(&Response::status(status)), refused("GET CHALLENGE"));
        assert_eq!(challenge(&ok(&[0; 7])), Some(BacError::BadLength { step: "GET CHALLENGE", length: 7 }));
        let last = |response: &Response| authenticating().receive(response).err();
        assert_eq!(last(&Response::status(status)), refused("EXTERNAL AUTHENTICATE"));
        assert_eq!(last(&Response::status(StatusWord::AUTHENTICATION_FAILED)), Some(BacError::WrongPassword));
        assert_eq!(last(&ok(&[0; 39])), Some(BacError::BadLength { step: "EXTERNAL AUTHENTICATE", length: 39 }));
        assert_eq!(last(&ok(&[0; 40])), Some(BacError::WrongCryptogram));
        // The terminal's own cryptogram reflected, and a chip that answers another challenge.
        assert_eq!(last(&ok(authenticating().command().data())), Some(BacError::WrongCryptogram));
        let keys = BacKeys::from_mrz(MRZ);
        let other = start(&keys, &mut rng(9)).receive(&ok(&[5; 8])).unwrap();
        let (replayed, _) = answer(&keys, &[5; 8], &other.command(), &mut rng(2)).unwrap();
        assert_eq!(last(&replayed), Some(BacError::WrongCryptogram));
        assert_eq!(BacError::WrongPassword.reason(), Reason::WrongMrz);
        assert_eq!(BacError::WrongCryptogram.reason(), Reason::CardAuthFailed);
    }

    #[test]
    fn the_chip_refuses_wrong_keys_and_old_challenges() {
        let keys = BacKeys::from_mrz(MRZ);
        let command = authenticating().command();
        let chip = |keys: &BacKeys, rnd: &[u8; 8], command: &Command| answer(keys, rnd, command, &mut rng(2)).err();
        assert_eq!(chip(&keys, &[6; 8], &command), Some(StatusWord::AUTHENTICATION_FAILED));
        assert_eq!(chip(&BacKeys::from_mrz("other"), &[5; 8], &command), Some(StatusWord::AUTHENTICATION_FAILED));
        assert_eq!(chip(&keys, &[5; 8], &Command::new(0, 0x82, 0, 0)), Some(StatusWord::WRONG_LENGTH));
    }
}
