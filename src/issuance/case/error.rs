//! Why an application does not go on. Nothing of the step is stored then.

use super::capture::CaptureError;
use super::receipt::ReceiptError;
use crate::issuance::desk::DeskError;
use crate::issuance::names::Named as _;
use crate::issuance::officer::ActError;
use crate::issuance::packet::PacketError;
use crate::issuance::papers::PapersError;
use crate::issuance::procedure::{Place, Receiver, Summoner};
use crate::issuance::register::RegisterError;
use crate::issuance::role::RoleError;
use crate::issuance::store::{Id, StoreError};
use crate::issuance::{Office, resident};
use crate::reason::{Reason, Refusal};
use crate::record::RecordError;
use jiff::civil::Date;

/// A refusal of a case.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum CaseError {
    /// The desk or the store refuses.
    #[error(transparent)]
    Desk(#[from] DeskError),
    /// The register does not know whom the case is about.
    #[error(transparent)]
    Register(#[from] RegisterError),
    /// The resident moved away or is dead.
    #[error("no card is made for a resident who is {}", .0.name())]
    NotResident(resident::State),
    /// Neither 17 nor ever married.
    #[error("the resident is neither 17 nor ever married")]
    TooYoung,
    /// The step is another office's.
    #[error("this step is taken {} {at}, not by {here}", by(*place))]
    Elsewhere {
        /// What the office is in the procedure.
        place: Place,
        /// Which office that is.
        at: Office,
        /// Which one asked.
        here: Office,
    },
    /// The summons is another's to sign.
    #[error("the summons is signed by {}", signer(*.0))]
    Summoner(Summoner),
    /// The procedure knows no summons.
    #[error("nobody is summoned in this procedure")]
    NoSummons,
    /// The centre has the application: what becomes of it is said there.
    #[error("the centre has this application; what becomes of it is said there")]
    AtTheCentre,
    /// No visit is planned.
    #[error("no visit is planned: `ektp case visit`")]
    NoVisit,
    /// Papers are missing.
    #[error(transparent)]
    Papers(#[from] PapersError),
    /// The stay permit is not in force.
    #[error("the stay permit ended on {0}")]
    PermitEnded(Date),
    /// A first card is asked for, and there is one.
    #[error("there is a card already, and the reason is that there is none: another --reason")]
    HasCard,
    /// Another card is asked for, and nobody knows of a first one.
    #[error("no card is known that could be replaced for this reason: --reason new, or the list")]
    NoCard,
    /// A change of data without a field that changes, or of a field that never does.
    #[error("the changed data: {0}")]
    Change(#[from] ChangeError),
    /// The capture is not whole.
    #[error(transparent)]
    Capture(#[from] CaptureError),
    /// The capture cannot be packed.
    #[error(transparent)]
    Packet(#[from] PacketError),
    /// The receipt is not the one of this case.
    #[error(transparent)]
    Receipt(#[from] ReceiptError),
    /// The summons did not go through this hand yet.
    #[error("the summons did not go to {0} yet: `ektp case pass --to {0}`")]
    NotPassed(Receiver),
    /// The summons of this procedure does not go through this hand.
    #[error("the summons of this procedure does not go to {0}: pass it to the resident")]
    NoHand(Receiver),
    /// Who was summoned shows the code of the summons.
    #[error("the code of the summons is to be read from it: --code")]
    NoCode,
    /// The day is over.
    #[error("{0} is over")]
    Past(Date),
    /// The card is none that this person had in hand and that is revoked.
    #[error("card {0} is no revoked card that this person had in hand")]
    NotTheirs(Id),
    /// The old card is not there to be collected.
    #[error("there is an old card, and it was not collected: take it, and --old-card collected")]
    OldCard,
}

/// What is wrong with data that changed.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ChangeError {
    /// The reason is a change of data, and none is named.
    #[error("none is named")]
    None,
    /// More than one form holds.
    #[error("more than {0}")]
    TooMany(usize),
    /// No field that can change: it does not exist, or is the NIK, which never does.
    #[error("{0} is no field that changes")]
    Field(String),
    /// No proof, or one whose name is too long.
    #[error("the proof of {0} has no name, or one of more than 100 characters")]
    Proof(String),
    /// The new value is none.
    #[error("{0}")]
    Value(#[from] RecordError),
}

/// Who takes a step at a place, before the office's code.
const fn by(place: Place) -> &'static str {
    match place {
        Place::Ministry => "by the",
        Place::Regency => "by the regency",
        Place::ServicePoint => "by the service point",
        Place::Home => "at home, by the regency",
    }
}

const fn signer(summoner: Summoner) -> &'static str {
    match summoner {
        Summoner::Camat => "the camat, at the service point",
        Summoner::HeadOfRegistry => "the head of the registry office, at the regency",
    }
}

impl From<StoreError> for CaseError {
    fn from(error: StoreError) -> Self {
        Self::Desk(error.into())
    }
}

impl From<RoleError> for CaseError {
    fn from(error: RoleError) -> Self {
        Self::Desk(ActError::from(error).into())
    }
}

impl Refusal for ChangeError {
    fn reason(&self) -> Reason {
        match self {
            Self::Value(error) => error.reason(),
            _ => Reason::InputInvalid,
        }
    }
}

impl Refusal for CaseError {
    fn reason(&self) -> Reason {
        match self {
            Self::Desk(error) => error.reason(),
            Self::Register(error) => error.reason(),
            Self::NotResident(_)
            | Self::NoSummons
            | Self::NoVisit
            | Self::NoCard
            | Self::NotPassed(_)
            | Self::NoHand(_)
            | Self::AtTheCentre => Reason::WrongState,
            Self::Elsewhere { .. } | Self::Summoner(_) => Reason::NotPermitted,
            Self::Papers(error) => error.reason(),
            Self::HasCard => Reason::PersonHasCard,
            Self::Change(error) => error.reason(),
            Self::Capture(error) => error.reason(),
            Self::Packet(error) => error.reason(),
            Self::Receipt(error) => error.reason(),
            Self::TooYoung | Self::PermitEnded(_) | Self::OldCard | Self::NoCode | Self::Past(_) | Self::NotTheirs(_) => {
                Reason::InputInvalid
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuance::papers::{self, Form, Needed, Paper};
    use crate::issuance::store::Kind;

    /// Whoever reads a refusal at a desk knows the options and verbs of `--help`, and no name of the code.
    #[test]
    fn refusals_speak_in_the_words_of_the_verbs() {
        let point: Office = "31.71.01".parse().unwrap();
        let told = |error: CaseError| error.to_string();
        let elsewhere = |place| told(CaseError::Elsewhere { place, at: "31.71".parse().unwrap(), here: point });
        assert_eq!(elsewhere(Place::Home), "this step is taken at home, by the regency 31.71, not by 31.71.01");
        assert_eq!(elsewhere(Place::Regency), "this step is taken by the regency 31.71, not by 31.71.01");
        assert_eq!(
            told(CaseError::NotPassed(Receiver::VillageHead)),
            "the summons did not go to village-head yet: `ektp case pass --to village-head`"
        );
        assert_eq!(told(CaseError::NotResident(resident::State::Moved)), "no card is made for a resident who is moved");
        assert_eq!(told(CaseError::NoCode), "the code of the summons is to be read from it: --code");
        let needed =
            [Needed { paper: Paper::OldCard, form: Form::Original }, Needed { paper: Paper::StayPermit, form: Form::Copy }];
        assert_eq!(
            papers::check(&needed, &[]).unwrap_err().to_string(),
            "these papers are missing, or the paper itself where a copy was brought: --paper old-card, --paper stay-permit:copy"
        );
        let wrong = StoreError::WrongState { kind: Kind::Shipment, state: "sealed", step: "receive" };
        assert_eq!(
            told(wrong.into()),
            "a shipment that is sealed does not take the step receive; what it takes: `ektp ship send`"
        );
        let ended = StoreError::WrongState { kind: Kind::Application, state: "rejected", step: "approve" };
        assert_eq!(told(ended.into()), "an application that is rejected does not take the step approve; it is at its end");
        let second = CaseError::from(RoleError::SecondMissing).to_string();
        assert!(second.contains("--second"), "{second}");
    }
}
