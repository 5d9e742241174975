//! The size plan: bytes of each file against the chip, and what they leave for the portrait.

use super::file_id::FileId;
use super::files::CardFiles;
use super::profile::{Face, Password, PictureRow, Profile};
use super::{dg2, dg14, dg15};
use crate::crypto::ec::PublicKey;
use crate::reason::{Reason, Refusal};

/// Bytes of a chip's memory that are no file: keys, passwords, counters, file table, two trust points, undo log
/// (`specs/card-profile.md` 2).
pub const INTERNALS: usize = crate::limits::CHIP_INTERNALS;
/// Portraits below this many bytes are below what Doc 9303-9 recommends.
pub const RECOMMENDED_PORTRAIT: usize = 12_000;
/// Bytes of one block of reading: what a short protected answer carries (`chip::sm`).
pub const READ_BLOCK: usize = 223;

/// Why there is no plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PlanError {
    /// More bytes than the chip has.
    #[error("{over} bytes over: the largest offender is {offender} with {bytes} bytes, meant to stay within {budget}")]
    DoesNotFit {
        /// Bytes over the chip's capacity, counting the least portrait.
        over: usize,
        /// The file that is furthest over its own budget, or the largest.
        offender: FileId,
        /// Its bytes.
        bytes: usize,
        /// Its budget.
        budget: usize,
    },
    /// The face shows no password of the profile: nobody could open the card.
    #[error("face `{face}` prints none of the profile's passwords")]
    PasswordNotPrinted {
        /// The face.
        face: &'static str,
    },
}

impl Refusal for PlanError {
    fn reason(&self) -> Reason {
        match self {
            Self::DoesNotFit { .. } => Reason::DoesNotFit,
            Self::PasswordNotPrinted { .. } => Reason::PasswordNotPrinted,
        }
    }
}

/// How a file's bytes are known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Size {
    /// Its content is there.
    Exact,
    /// It is made after the chip's keys are known; its length is known already.
    Known,
    /// A place is kept for it; it may be shorter.
    Reserved,
    /// What the others leave.
    Remainder,
}

/// One line of the plan.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Row {
    /// The file.
    pub file: FileId,
    /// Its bytes.
    pub bytes: usize,
    /// Bytes it is meant to stay within.
    pub budget: usize,
    /// How its bytes are known.
    pub size: Size,
}

/// A password and where it is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
pub struct Printed {
    /// The password.
    pub password: Password,
    /// Its place on the face.
    pub place: &'static str,
}

/// A plan that fits.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Plan {
    /// The profile's name.
    pub profile: String,
    /// The card's face.
    pub face: Face,
    /// Where each password is printed.
    pub passwords: Vec<Printed>,
    /// Bytes of the chip.
    pub capacity: usize,
    /// Bytes that are no file.
    pub internals: usize,
    /// Files in file table order.
    pub rows: Vec<Row>,
    /// Most bytes of the portrait's picture file.
    pub portrait_room: usize,
}

impl Plan {
    /// Plans files that are all there but DG2, DG14, DG15 and EF.SOD (and EF.COM, whose size follows from the others).
    ///
    /// # Errors
    /// Any [`PlanError`].
    pub fn of(files: &CardFiles, profile: &Profile, face: Face) -> Result<Self, PlanError> {
        let passwords = printed(profile, face)?;
        let mut rows: Vec<Row> = profile.files.iter().map(|r| row(r.name, r.budget, files, profile)).collect();
        rows.sort_by_key(|r| r.file.dgi());
        let others: usize = rows.iter().map(|r| r.bytes).sum::<usize>() + INTERNALS;
        let floor = profile.portrait.floor;
        let needed = others + floor + dg2::overhead(floor);
        if needed > profile.capacity {
            set_dg2(&mut rows, floor);
            return Err(offender(&rows, needed - profile.capacity));
        }
        let room = portrait_room(profile.capacity - others, &profile.portrait);
        set_dg2(&mut rows, room);
        let (profile_name, capacity) = (profile.name.clone(), profile.capacity);
        Ok(Self { profile: profile_name, face, passwords, capacity, internals: INTERNALS, rows, portrait_room: room })
    }

    /// The bytes planned for a file; the place to reserve for DG14, DG15 and EF.SOD.
    #[must_use]
    pub fn bytes(&self, file: FileId) -> Option<usize> {
        self.rows.iter().find(|r| r.file == file).map(|r| r.bytes)
    }

    /// Bytes of all files and the internals.
    #[must_use]
    pub fn total(&self) -> usize {
        self.internals + self.rows.iter().map(|r| r.bytes).sum::<usize>()
    }

    /// Bytes of the chip that stay free.
    #[must_use]
    pub fn free(&self) -> usize {
        self.capacity.saturating_sub(self.total())
    }

    /// Whether the portrait is below the size that ICAO recommends.
    #[must_use]
    pub fn portrait_below_recommended(&self) -> bool {
        self.portrait_room < RECOMMENDED_PORTRAIT
    }

    /// Puts the portrait's real size in place of the room kept for it.
    pub(crate) fn settle(&mut self, dg2_bytes: usize) {
        if let Some(row) = self.rows.iter_mut().find(|r| r.file == FileId::Dg2) {
            (row.bytes, row.size) = (dg2_bytes, Size::Exact);
        }
    }
}

/// The passwords that a chip of this profile has under this face, and where each is printed: those of the profile that the face shows. A
/// password that is printed nowhere is not on the chip.
///
/// # Errors
/// [`PlanError::PasswordNotPrinted`].
pub fn printed(profile: &Profile, face: Face) -> Result<Vec<Printed>, PlanError> {
    let find = |password: &Password| face.source(*password).map(|place| Printed { password: *password, place });
    let enabled: Vec<Printed> = profile.passwords.iter().filter_map(find).collect();
    if enabled.is_empty() { Err(PlanError::PasswordNotPrinted { face: face.name() }) } else { Ok(enabled) }
}

/// Most bytes of a picture in a DG2 that ends on a block of reading: a reader spends a command on each block, whatever it holds.
fn portrait_room(left: usize, portrait: &PictureRow) -> usize {
    let room = portrait.most.min(left - dg2::overhead(left));
    let file = room + dg2::overhead(room);
    let whole = file - file % READ_BLOCK;
    let rounded = whole.saturating_sub(dg2::overhead(whole));
    if rounded >= portrait.floor { rounded } else { room }
}

fn row(file: FileId, budget: usize, files: &CardFiles, profile: &Profile) -> Row {
    let any_key = || {
        let base = PublicKey::from_uncompressed(profile.curve, profile.curve.domain().base);
        base.unwrap_or_else(|_| unreachable!("the base point is a point of its curve"))
    };
    let (bytes, size) = match (file, files.get(file)) {
        (FileId::Dg2, _) => (0, Size::Remainder),
        (FileId::Dg14, _) => {
            let key_id = Some(u64::from(profile.ca_key_id));
            (dg14::build(&any_key(), key_id, profile.active_authentication).len(), Size::Known)
        }
        (FileId::Dg15, _) => (dg15::build(&any_key()).len(), Size::Known),
        (FileId::Sod, _) => (budget, Size::Reserved),
        (_, Some(bytes)) => (bytes.len(), Size::Exact),
        (_, None) => (budget, Size::Reserved),
    };
    Row { file, bytes, budget, size }
}

/// Gives DG2 the bytes that it has around a picture of this size.
fn set_dg2(rows: &mut [Row], picture: usize) {
    if let Some(dg2) = rows.iter_mut().find(|r| r.file == FileId::Dg2) {
        dg2.bytes = picture + dg2::overhead(picture);
    }
}

/// The file that is furthest over its own budget, or where none is, the largest.
fn offender(rows: &[Row], over: usize) -> PlanError {
    let beyond = rows.iter().filter(|r| r.bytes > r.budget).max_by_key(|r| r.bytes - r.budget);
    let worst = beyond.or_else(|| rows.iter().max_by_key(|r| r.bytes));
    let (offender, bytes, budget) = worst.map_or((FileId::Dg2, 0, 0), |r| (r.file, r.bytes, r.budget));
    PlanError::DoesNotFit { over, offender, bytes, budget }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files(dg7: usize) -> CardFiles {
        let sizes = [
            (FileId::Dg1, 95),
            (FileId::Dg7, dg7),
            (FileId::Dg11, 229),
            (FileId::Dg12, 102),
            (FileId::Dg13, 150),
            (FileId::Com, 29),
            (FileId::Fingers, 424),
            (FileId::AtrInfo, 8),
            (FileId::CardAccess, 22),
            (FileId::Dir, 21),
        ];
        sizes.into_iter().map(|(f, n)| (f, vec![0; n])).collect()
    }

    #[test]
    fn the_small_chip_leaves_a_small_portrait() {
        let profile = Profile::named("ektp-8k").unwrap();
        let plan = Plan::of(&files(562), &profile, Face::Full).unwrap();
        assert_eq!(plan.bytes(FileId::Dg2).unwrap() % READ_BLOCK, 0);
        assert!(plan.free() < READ_BLOCK);
        assert!((2_800..3_700).contains(&plan.portrait_room), "{}", plan.portrait_room);
        assert!(plan.portrait_below_recommended());
        assert_eq!(plan.bytes(FileId::Sod), Some(profile.budget(FileId::Sod)));
        assert_eq!(plan.bytes(FileId::Dg15), None);
        let large = Plan::of(&files(562), &Profile::named("ektp-80k").unwrap(), Face::Full).unwrap();
        assert_eq!(large.bytes(FileId::Dg2), Some(72 * READ_BLOCK));
        assert!((16_000 - READ_BLOCK..=16_000).contains(&large.portrait_room));
        assert!(large.free() > 50_000 && !large.portrait_below_recommended());
    }

    #[test]
    fn over_budget_names_the_largest_offender() {
        let profile = Profile::named("ektp-8k").unwrap();
        let fits = Plan::of(&files(562), &profile, Face::Full).unwrap();
        let over = fits.portrait_room + fits.free() - 2_800 + 1;
        let error = Plan::of(&files(562 + over), &profile, Face::Full).unwrap_err();
        let PlanError::DoesNotFit { over, offender, bytes, budget } = error else { panic!("{error}") };
        assert!((1..4).contains(&over));
        assert_eq!((offender, budget), (FileId::Dg7, 612));
        assert!(bytes > budget);
        assert_eq!(error.reason().exit(), 25);
        let small = Profile { capacity: 7_000, ..profile };
        let error = Plan::of(&files(300), &small, Face::Full).unwrap_err();
        let PlanError::DoesNotFit { offender, bytes, .. } = error else { panic!("{error}") };
        assert_eq!((offender, bytes), (FileId::Dg2, 2_800 + dg2::overhead(2_800)), "each within its budget: the largest");
    }

    #[test]
    fn a_password_that_no_one_can_read_is_refused() {
        let profile = Profile { passwords: vec![Password::Mrz], ..Profile::named("ektp-80k").unwrap() };
        for (face, name) in [(Face::Can, "can"), (Face::Legacy, "legacy")] {
            let refused = PlanError::PasswordNotPrinted { face: name };
            assert_eq!(Plan::of(&files(1), &profile, face), Err(refused));
            assert_eq!(refused.reason().exit(), 25);
        }
    }

    #[test]
    fn the_chip_has_the_passwords_that_its_face_prints() {
        let profile = Profile::named("ektp-80k").unwrap();
        let enabled = |face| {
            let printed = Plan::of(&files(1), &profile, face).unwrap().passwords;
            printed.iter().map(|p| p.password.name()).collect::<Vec<_>>()
        };
        assert_eq!(enabled(Face::Full), ["can", "mrz"]);
        assert_eq!(enabled(Face::Can), ["can"]);
        assert_eq!(enabled(Face::Legacy), ["legacy"]);
        assert!(Plan::of(&files(1), &profile, Face::Legacy).unwrap().passwords[0].place.contains("weak"));
    }
}
