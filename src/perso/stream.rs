//! The personalization stream: DGIs of pass 1 and pass 2, byte for byte (specs/card-profile.md 6.2).

use crate::crypto::hash::sha256;
use crate::lds::file_id::FileId;
use crate::reason::{Reason, Refusal};
use crate::secret::Secret;
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// DGI of the file table.
const FILE_TABLE: u16 = 0x8001;
/// DGI of the passwords.
const PASSWORDS: u16 = 0x8002;
/// DGI of the trust point.
const TRUST_POINT: u16 = 0x8003;
/// DGI of the chip's first date.
const DATE: u16 = 0x8004;
/// DGI of PACE and CA parameters.
const PARAMETERS: u16 = 0x8005;
/// DGI of the authorization digest.
const AUTHORIZATION: u16 = 0x8006;

/// Why a stream cannot be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StreamError {
    /// A file that the chip makes, keeps or gets in pass 2 stands among those of pass 1.
    #[error("{0} does not belong into pass 1")]
    NotInPassOne(FileId),
    /// A data object longer than its two-byte length can say.
    #[error("{name} has {bytes} bytes, a data object holds 65535")]
    TooLong {
        /// File, or `DGI`.
        name: &'static str,
        /// Its length.
        bytes: usize,
    },
    /// A file of pass 2 that is larger than the place kept for it in pass 1.
    #[error("{file} has {bytes} bytes, {reserved} are reserved")]
    OverReserve {
        /// The file.
        file: FileId,
        /// Its length.
        bytes: usize,
        /// The place kept.
        reserved: usize,
    },
    /// The trust point is no CV certificate body (tag 7F4E).
    #[error("the trust point is no certificate body")]
    BadTrustPoint,
    /// The chip's first date is not of the years 2000 to 2099.
    #[error("the chip's date has no two-digit year")]
    BadDate,
}

impl Refusal for StreamError {
    fn reason(&self) -> Reason {
        match self {
            Self::NotInPassOne(_) | Self::BadTrustPoint | Self::BadDate => Reason::InputInvalid,
            Self::TooLong { .. } | Self::OverReserve { .. } => Reason::DoesNotFit,
        }
    }
}

/// Passwords of DGI 8002, each optional.
#[derive(Default)]
pub struct Passwords {
    /// Six digits of the card access number.
    pub can: Option<Secret<String>>,
    /// SHA-1 of the MRZ information (document number, birth, expiry with check digits).
    pub mrz_sha1: Option<Secret<[u8; 20]>>,
    /// BAC with the MRZ, test profile only.
    pub bac: bool,
}

/// Parameters of DGI 8005.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parameters {
    /// Standardized domain parameters of PACE and of the chip's keys (TR-03110-3 A.2.1.1).
    pub parameter_id: u8,
    /// Key identifier of Chip Authentication.
    pub ca_key_id: u8,
    /// Whether the chip makes an Active Authentication key.
    pub aa: bool,
}

/// Places kept in the file table for what is only known after the chip has made its keys, in bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reserve {
    /// For DG14.
    pub dg14: usize,
    /// For DG15, if there is one.
    pub dg15: Option<usize>,
    /// For EF.SOD.
    pub sod: usize,
}

/// All that pass 1 carries.
pub struct PassOne<'a> {
    /// Every file but DG14, DG15, EF.SOD and EF.CVCA.
    pub files: &'a BTreeMap<FileId, Vec<u8>>,
    /// Places for pass 2.
    pub reserve: Reserve,
    /// Passwords.
    pub passwords: &'a Passwords,
    /// Certificate body of the CVCA.
    pub trust_point: &'a [u8],
    /// The chip's first date.
    pub date: jiff::civil::Date,
    /// PACE and CA parameters.
    pub parameters: Parameters,
    /// SHA-256 of the authorization.
    pub authorization: [u8; 32],
}

impl PassOne<'_> {
    /// The bytes of pass 1: DGIs 8001 to 8006, then the files in table order.
    ///
    /// # Errors
    /// [`StreamError`].
    pub fn encode(&self) -> Result<Zeroizing<Vec<u8>>, StreamError> {
        if let Some(wrong) = self.files.keys().find(|f| is_later(**f)) {
            return Err(StreamError::NotInPassOne(*wrong));
        }
        if !self.trust_point.starts_with(&[0x7F, 0x4E]) {
            return Err(StreamError::BadTrustPoint);
        }
        // One allocation: a vector that grows would leave copies of the passwords behind.
        let bytes: usize = self.files.values().map(|f| f.len() + 5).sum();
        let mut out = Zeroizing::new(Vec::with_capacity(bytes + self.trust_point.len() + 512));
        dgi(&mut out, FILE_TABLE, "DGI", &self.table()?)?;
        dgi(&mut out, PASSWORDS, "DGI", &self.password_objects())?;
        dgi(&mut out, TRUST_POINT, "DGI", self.trust_point)?;
        dgi(&mut out, DATE, "DGI", &date_digits(self.date)?)?;
        let p = self.parameters;
        dgi(&mut out, PARAMETERS, "DGI", &[p.parameter_id, p.ca_key_id, u8::from(p.aa)])?;
        dgi(&mut out, AUTHORIZATION, "DGI", &self.authorization)?;
        for (file, content) in in_table_order(self.files) {
            dgi(&mut out, file.dgi(), file.name(), content)?;
        }
        Ok(out)
    }

    fn table(&self) -> Result<Vec<u8>, StreamError> {
        let mut sizes: BTreeMap<u16, (FileId, usize)> = self.files.iter().map(|(f, c)| (f.dgi(), (*f, c.len()))).collect();
        let kept =
            [(FileId::Dg14, Some(self.reserve.dg14)), (FileId::Dg15, self.reserve.dg15), (FileId::Sod, Some(self.reserve.sod))];
        for (file, size) in kept {
            if let Some(size) = size {
                sizes.insert(file.dgi(), (file, size));
            }
        }
        let mut out = Vec::with_capacity(sizes.len() * 8);
        for (code, (file, size)) in sizes {
            let too_long = StreamError::TooLong { name: file.name(), bytes: size };
            let size = u16::try_from(size).map_err(|_| too_long)?;
            out.extend_from_slice(&code.to_be_bytes());
            out.extend_from_slice(&file.fid().to_be_bytes());
            out.push(0);
            out.extend_from_slice(&size.to_be_bytes());
            out.push(read_rule(file));
        }
        Ok(out)
    }

    fn password_objects(&self) -> Zeroizing<Vec<u8>> {
        let mut out = Zeroizing::new(Vec::with_capacity(64));
        if let Some(can) = &self.passwords.can {
            out.extend_from_slice(&[0x80, u8::try_from(can.expose().len()).unwrap_or(u8::MAX)]);
            out.extend_from_slice(can.expose().as_bytes());
        }
        if let Some(mrz) = &self.passwords.mrz_sha1 {
            out.extend_from_slice(&[0x81, 20]);
            out.extend_from_slice(mrz.expose());
        }
        if self.passwords.bac {
            out.extend_from_slice(&[0x82, 0]);
        }
        out
    }
}

/// The files of pass 2: DG14, DG15 if there is one, EF.SOD.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PassTwo {
    /// Security infos with the chip's Chip Authentication key.
    pub dg14: Vec<u8>,
    /// The chip's Active Authentication key.
    pub dg15: Option<Vec<u8>>,
    /// The signed security object.
    pub sod: Vec<u8>,
}

impl PassTwo {
    /// The bytes of pass 2, each file checked against the place that pass 1 kept for it.
    ///
    /// # Errors
    /// [`StreamError::OverReserve`], [`StreamError::TooLong`].
    pub fn encode(&self, reserve: Reserve) -> Result<Vec<u8>, StreamError> {
        let mut out = Vec::with_capacity(self.dg14.len() + self.sod.len() + 1024);
        let dg15 = self.dg15.as_deref().map(|c| (FileId::Dg15, c, reserve.dg15.unwrap_or(0)));
        let all = [Some((FileId::Dg14, self.dg14.as_slice(), reserve.dg14)), dg15, Some((FileId::Sod, &self.sod, reserve.sod))];
        for (file, content, reserved) in all.into_iter().flatten() {
            if content.len() > reserved {
                return Err(StreamError::OverReserve { file, bytes: content.len(), reserved });
            }
            dgi(&mut out, file.dgi(), file.name(), content)?;
        }
        Ok(out)
    }

    /// Its files.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &[u8])> {
        let dg15 = self.dg15.as_deref().map(|c| (FileId::Dg15, c));
        [Some((FileId::Dg14, self.dg14.as_slice())), dg15, Some((FileId::Sod, self.sod.as_slice()))].into_iter().flatten()
    }
}

/// What COMMIT carries: SHA-256 over `DGI(2) ‖ length(4) ‖ content` of every file in table order (6.7).
#[must_use]
pub fn commit_digest(files: &BTreeMap<FileId, Vec<u8>>, later: &PassTwo) -> [u8; 32] {
    let mut all: BTreeMap<u16, &[u8]> = files.iter().map(|(f, c)| (f.dgi(), c.as_slice())).collect();
    all.extend(later.files().map(|(f, c)| (f.dgi(), c)));
    let mut input = Vec::with_capacity(all.values().map(|c| c.len() + 6).sum());
    for (code, content) in all {
        input.extend_from_slice(&code.to_be_bytes());
        input.extend_from_slice(&u32::try_from(content.len()).unwrap_or(u32::MAX).to_be_bytes());
        input.extend_from_slice(content);
    }
    sha256(&input)
}

fn in_table_order(files: &BTreeMap<FileId, Vec<u8>>) -> impl Iterator<Item = (FileId, &[u8])> {
    let by_dgi: BTreeMap<u16, (FileId, &[u8])> = files.iter().map(|(f, c)| (f.dgi(), (*f, c.as_slice()))).collect();
    by_dgi.into_values()
}

fn is_later(file: FileId) -> bool {
    matches!(file, FileId::Dg14 | FileId::Dg15 | FileId::Sod | FileId::Cvca)
}

/// Read rule of a file: 00 free, 01 PACE, 02 PACE + CA + TA with bit 0.
const fn read_rule(file: FileId) -> u8 {
    match file {
        FileId::AtrInfo | FileId::CardAccess | FileId::Dir => 0x00,
        FileId::Dg3 | FileId::Fingers => 0x02,
        _ => 0x01,
    }
}

fn date_digits(date: jiff::civil::Date) -> Result<[u8; 6], StreamError> {
    let year =
        date.year().checked_sub(2000).and_then(|y| u8::try_from(y).ok()).filter(|y| *y < 100).ok_or(StreamError::BadDate)?;
    let two = |n: u8| [n / 10, n % 10];
    let [a, b] = two(year);
    let [c, d] = two(u8::try_from(date.month()).unwrap_or(0));
    let [e, f] = two(u8::try_from(date.day()).unwrap_or(0));
    Ok([a, b, c, d, e, f])
}

fn dgi(out: &mut Vec<u8>, code: u16, name: &'static str, content: &[u8]) -> Result<(), StreamError> {
    let length = u16::try_from(content.len()).map_err(|_| StreamError::TooLong { name, bytes: content.len() })?;
    out.extend_from_slice(&code.to_be_bytes());
    match u8::try_from(length) {
        Ok(short) if short < 0xFF => out.push(short),
        _ => {
            out.push(0xFF);
            out.extend_from_slice(&length.to_be_bytes());
        }
    }
    out.extend_from_slice(content);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use jiff::civil::date;

    fn files() -> BTreeMap<FileId, Vec<u8>> {
        [
            (FileId::Dir, vec![0x61, 0]),
            (FileId::Dg2, vec![0xAB; 300]),
            (FileId::Fingers, vec![0x7F, 0x61, 0]),
            (FileId::Dg1, vec![0x61; 3]),
        ]
        .into()
    }

    const RESERVE: Reserve = Reserve { dg14: 400, dg15: Some(100), sod: 1600 };

    fn pass_one<'a>(files: &'a BTreeMap<FileId, Vec<u8>>, passwords: &'a Passwords) -> PassOne<'a> {
        PassOne {
            files,
            reserve: RESERVE,
            passwords,
            trust_point: &[0x7F, 0x4E, 0x00],
            date: date(2026, 11, 23),
            parameters: Parameters { parameter_id: 12, ca_key_id: 1, aa: true },
            authorization: [0xAA; 32],
        }
    }

    #[test]
    fn pass_one_is_byte_exact() {
        let passwords =
            Passwords { can: Some(Secret::new("123456".into())), mrz_sha1: Some(Secret::new([0x5A; 20])), bac: false };
        let files = files();
        let stream = pass_one(&files, &passwords).encode().expect("encodes");
        let mut want = Vec::new();
        want.extend_from_slice(&[0x80, 0x01, 7 * 8]);
        for (code, fid, size, rule) in [
            (0x0101u16, 0x0101u16, 3u16, 1u8),
            (0x0102, 0x0102, 300, 1),
            (0x010E, 0x010E, 400, 1),
            (0x010F, 0x010F, 100, 1),
            (0x011D, 0x011D, 1600, 1),
            (0x0201, 0x0101, 3, 2),
            (0x3F1E, 0x2F00, 2, 0),
        ] {
            want.extend_from_slice(&code.to_be_bytes());
            want.extend_from_slice(&fid.to_be_bytes());
            want.push(0);
            want.extend_from_slice(&size.to_be_bytes());
            want.push(rule);
        }
        want.extend_from_slice(&[0x80, 0x02, 30, 0x80, 6]);
        want.extend_from_slice(b"123456");
        want.extend_from_slice(&[0x81, 20]);
        want.extend_from_slice(&[0x5A; 20]);
        want.extend_from_slice(&[0x80, 0x03, 3, 0x7F, 0x4E, 0x00]);
        want.extend_from_slice(&[0x80, 0x04, 6, 2, 6, 1, 1, 2, 3]);
        want.extend_from_slice(&[0x80, 0x05, 3, 12, 1, 1, 0x80, 0x06, 32]);
        want.extend_from_slice(&[0xAA; 32]);
        want.extend_from_slice(&[0x01, 0x01, 3, 0x61, 0x61, 0x61, 0x01, 0x02, 0xFF, 0x01, 0x2C]);
        want.extend_from_slice(&[0xAB; 300]);
        want.extend_from_slice(&[0x02, 0x01, 3, 0x7F, 0x61, 0, 0x3F, 0x1E, 2, 0x61, 0]);
        assert_eq!(*stream, want);
    }

    #[test]
    fn pass_one_refuses_what_it_cannot_carry() {
        let none = Passwords::default();
        let mut with_sod = files();
        with_sod.insert(FileId::Sod, vec![]);
        assert_eq!(pass_one(&with_sod, &none).encode().err(), Some(StreamError::NotInPassOne(FileId::Sod)));
        let mut huge = files();
        huge.insert(FileId::Dg2, vec![0; 65_536]);
        let too_long = StreamError::TooLong { name: "DG2", bytes: 65_536 };
        assert_eq!(too_long.reason(), Reason::DoesNotFit);
        assert_eq!(pass_one(&huge, &none).encode().err(), Some(too_long));
        let files = files();
        let bad_point = PassOne { trust_point: &[0x30], ..pass_one(&files, &none) };
        assert_eq!(bad_point.encode().err(), Some(StreamError::BadTrustPoint));
        let bad_date = PassOne { date: date(1999, 1, 1), ..pass_one(&files, &none) };
        assert_eq!(bad_date.encode().err(), Some(StreamError::BadDate));
    }

    #[test]
    fn pass_two_fits_its_reserve_and_commit_covers_every_file() {
        let two = PassTwo { dg14: vec![0x6E; 254], dg15: Some(vec![0x6F; 255]), sod: vec![0x77; 2] };
        let roomy = Reserve { dg15: Some(255), ..RESERVE };
        let bytes = two.encode(roomy).expect("encodes");
        assert_eq!(bytes.len(), 3 + 254 + 5 + 255 + 3 + 2);
        assert_eq!(&bytes[..3], &[0x01, 0x0E, 254]);
        let over = StreamError::OverReserve { file: FileId::Dg15, bytes: 255, reserved: 100 };
        assert_eq!(two.encode(RESERVE), Err(over));
        let whole = commit_digest(&files(), &two);
        let other = PassTwo { sod: vec![0x77; 3], ..two.clone() };
        assert_ne!(whole, commit_digest(&files(), &other));
        let mut input = Vec::new();
        let one: BTreeMap<FileId, Vec<u8>> = [(FileId::Dg1, vec![1, 2])].into();
        let two = PassTwo { dg14: vec![3], dg15: None, sod: vec![4] };
        for (code, content) in [(0x0101u16, &[1u8, 2][..]), (0x010E, &[3]), (0x011D, &[4])] {
            input.extend_from_slice(&code.to_be_bytes());
            input.extend_from_slice(&u32::try_from(content.len()).expect("is short").to_be_bytes());
            input.extend_from_slice(content);
        }
        assert_eq!(commit_digest(&one, &two), sha256(&input));
    }
}
