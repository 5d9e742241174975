//! What an identification found of an application, as it is kept sealed: the answer, the candidates, and of what it was found.

use super::CentreError;
use crate::crypto::hash::sha256;
use crate::issuance::application::Step;
use crate::issuance::case::Case;
use crate::issuance::desk::Desk;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Part, Sealed, StoreError};
use crate::limits::SUSPECTS;
use crate::verify::hex::Hex;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const FORMAT: u8 = 1;

/// What was found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Answer {
    /// Nobody else.
    Single,
    /// The person of the NIK's own enrolment, and nobody else.
    Reissue,
    /// Two officers must look.
    Doubt(Doubt),
}

/// Why two officers must look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Doubt {
    /// Somebody in the gallery is this person.
    Duplicate,
    /// Somebody in the gallery may be this person.
    Candidates,
    /// None of the ten fingers can be compared.
    NoUsableFinger,
    /// Fewer fingers than the stated rates need.
    TooFewFingers,
    /// Others have fingers that this person has not.
    NotComparable,
    /// The live fingers are not those of the NIK's own enrolment.
    OwnMismatch,
    /// Another card is asked for, and nothing is enrolled that the live fingers could be held against.
    NothingEnrolled,
}

impl Doubt {
    /// Its word.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Duplicate => "duplicate",
            Self::Candidates => "candidates",
            Self::NoUsableFinger => "no-usable-finger",
            Self::TooFewFingers => "too-few-fingers",
            Self::NotComparable => "not-comparable",
            Self::OwnMismatch => "own-mismatch",
            Self::NothingEnrolled => "nothing-enrolled",
        }
    }
}

impl Answer {
    /// Its word: `single`, `reissue`, or the doubt's.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Single => "single",
            Self::Reissue => "reissue",
            Self::Doubt(doubt) => doubt.code(),
        }
    }
}

/// Somebody who may be this person.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Suspect {
    /// The application under which they were enrolled.
    pub application: String,
    /// How sure the fingers are: `near` or `clear`; none for somebody who is a candidate by biodata alone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub band: Option<String>,
    /// Whether the hands were changed about.
    #[serde(default)]
    pub hands_swapped: bool,
    /// Fingers that are the same, by the stated rate.
    #[serde(default)]
    pub fingers: Vec<String>,
    /// What makes them a candidate beside or instead of fingers: `own-nik`, `family-card`, `no-finger`, `few-fingers`, and the words of
    /// [`Why`](crate::issuance::likeness::Why).
    #[serde(default)]
    pub by: Vec<String>,
}

impl Suspect {
    /// Whether there is more than data that are alike: fingers, or the NIK itself. Only such a record is meant without being named: relatives
    /// and namesakes are candidates too.
    #[must_use]
    pub fn may_be_kept_for(&self) -> bool {
        self.band.is_some() || self.by.iter().any(|why| why == OWN_NIK)
    }
}

/// The word for somebody who is enrolled under the same NIK.
pub(super) const OWN_NIK: &str = "own-nik";

/// Everybody who may be this person.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Suspects {
    /// The surest first.
    pub all: Vec<Suspect>,
    /// Whether there were more than are named.
    pub is_cut: bool,
    /// Whether there were more whose fingers may be the same.
    pub is_cut_by_fingers: bool,
}

impl Suspects {
    /// Names somebody whose fingers may be the same. Whether there was room; that there was none is told.
    pub fn add_by_fingers(&mut self, suspect: Suspect) -> bool {
        let has_room = self.all.len() < SUSPECTS;
        if has_room {
            self.all.push(suspect);
        } else {
            (self.is_cut, self.is_cut_by_fingers) = (true, true);
        }
        has_room
    }

    /// Names somebody for a reason beside others, or instead of fingers. Whoever has more than one is named once; of whom there are too
    /// many, the last ones are left out, and that is told.
    pub fn add(&mut self, application: &Id, by: &str) {
        let has = |suspect: &&mut Suspect| suspect.application == application.as_str();
        if let Some(known) = self.all.iter_mut().find(has) {
            known.by.push(by.to_owned());
        } else if self.all.len() < SUSPECTS {
            self.all.push(Suspect::by_data(application, by));
        } else {
            self.is_cut = true;
        }
    }
}

impl Suspect {
    /// Somebody for a reason that is no finger.
    #[must_use]
    pub fn by_data(application: &Id, by: &str) -> Self {
        let (application, by) = (application.to_string(), vec![by.to_owned()]);
        Self { application, band: None, hands_swapped: false, fingers: Vec::new(), by }
    }
}

/// What was found of an application.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Findings {
    format: u8,
    /// When.
    pub at: Timestamp,
    /// What.
    pub answer: Answer,
    /// Candidates, the surest first.
    pub candidates: Vec<Suspect>,
    /// Whether there were more than are named.
    #[serde(default)]
    pub more: bool,
    /// Whether there were more whose fingers may be the same: nobody can say of them who they are.
    #[serde(default)]
    pub more_by_fingers: bool,
    /// The NIK's own earlier enrolment, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub own: Option<String>,
    /// What two officers said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<Decided>,
    /// Digest of data and capture ([`subject`]).
    of: Hex,
}

/// What two officers said of a doubt.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Decided {
    /// The outcome's word.
    pub outcome: String,
    /// The candidates that are the same person; none where nobody was named.
    pub same: Vec<String>,
}

impl Decided {
    /// SHA-256 of it, which the officers sign with the step.
    #[must_use]
    pub fn digest(&self) -> [u8; 32] {
        sha256(&serde_json::to_vec(self).unwrap_or_default())
    }

    /// Whether this candidate is not meant, since others are named.
    #[must_use]
    pub fn is_of_others(&self, candidate: &Id) -> bool {
        !self.same.is_empty() && !self.same.iter().any(|same| same == candidate.as_str())
    }
}

impl Findings {
    /// What was found now.
    #[must_use]
    pub fn new(at: Timestamp, answer: Answer, suspects: Suspects, own: Option<&Id>, of: [u8; 32]) -> Self {
        let Suspects { all: candidates, is_cut: more, is_cut_by_fingers: more_by_fingers } = suspects;
        let own = own.map(ToString::to_string);
        Self { format: FORMAT, at, answer, candidates, more, more_by_fingers, own, decided: None, of: of.to_vec().into() }
    }

    /// What is kept of an application.
    ///
    /// # Errors
    /// What the store says: [`StoreError::WrongState`] if nothing was found yet.
    pub fn open(desk: &mut Desk<'_>, id: &Id) -> Result<Self, CentreError> {
        let damaged = || StoreError::Damaged("findings");
        let unknown = || StoreError::Unknown { kind: Kind::Application, id: id.to_string() };
        let state = desk.store.standing(Kind::Application, id)?.ok_or_else(unknown)?.state;
        let early = || StoreError::WrongState { kind: Kind::Application, state, step: Step::Clarify.name() };
        let sealed = desk.store.sealed(Kind::Application, id, Part::Findings)?.ok_or_else(early)?;
        let read: Self = serde_json::from_slice(&desk.key.open(&sealed)?).map_err(|_| damaged())?;
        if read.format == FORMAT { Ok(read) } else { Err(damaged().into()) }
    }

    /// Sealed for an application.
    ///
    /// # Errors
    /// What the store says.
    pub fn seal(&self, desk: &mut Desk<'_>, id: &Id) -> Result<Sealed, CentreError> {
        let plain = Zeroizing::new(serde_json::to_vec(self).unwrap_or_default());
        Ok(desk.key.seal(Kind::Application, id, Part::Findings, &plain, desk.rng)?)
    }

    /// The applications of this person whose record gave way where this one was kept: those that two officers named. Of what was decided
    /// before anybody was named, those with the same fingers or NIK.
    pub fn given_up(&self) -> impl Iterator<Item = &str> {
        let gave_way = |suspect: &&Suspect| match &self.decided {
            Some(decided) => decided.same.contains(&suspect.application),
            None => suspect.may_be_kept_for(),
        };
        self.candidates.iter().filter(gave_way).map(|suspect| suspect.application.as_str())
    }

    /// Whether they are of this digest.
    #[must_use]
    pub fn are_of(&self, digest: &[u8; 32]) -> bool {
        self.of.0 == digest
    }
}

/// Digest of everything that a card is made of: the data as they stand in the case, and the capture.
#[must_use]
pub fn subject(case: &Case, capture: &[u8; 32]) -> [u8; 32] {
    let data = case.dossier.biodata.to_json().to_string();
    sha256(&[sha256(data.as_bytes()), *capture].concat())
}
