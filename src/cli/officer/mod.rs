//! `ektp officer …`: officers' keys, the grants of the level above, and the roster that knows them.

mod enrol;
mod grant;
#[cfg(unix)]
mod session;
mod show;

use super::Answer;
use super::output::{Failure, Output};
use crate::issuance::Role;
use crate::issuance::names::Named as _;
use crate::reason::Reason;
use jiff::{Timestamp, civil::Date, tz::TimeZone};

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum OfficerVerb {
    /// Begin a roster: the folder of all grants under the ministry's key for officers
    Roster(grant::RosterArgs),
    /// Make an officer's key, and the request for a role at an office that is signed with it
    Enrol(enrol::Args),
    /// Answer a request: sign a grant, by the ministry's key or the head of the regency's registry office
    Grant(grant::GrantArgs),
    /// End a grant before its time, and with a head's grant all that rest on it
    Revoke(grant::RevokeArgs),
    /// Open a key once for a shift: the verbs of this machine sign by it until the shift ends or nobody asks
    #[cfg(unix)]
    Session(session::SessionArgs),
    /// End a session
    #[cfg(unix)]
    Leave(session::LeaveArgs),
    /// Who may do what, where and until when
    Show(show::Args),
}

impl OfficerVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Roster(_) => "officer roster",
            Self::Enrol(_) => "officer enrol",
            Self::Grant(_) => "officer grant",
            Self::Revoke(_) => "officer revoke",
            #[cfg(unix)]
            Self::Session(_) => "officer session",
            #[cfg(unix)]
            Self::Leave(_) => "officer leave",
            Self::Show(_) => "officer show",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Roster(args) => grant::roster(&args, out),
            Self::Enrol(args) => enrol::run(&args, out),
            Self::Grant(args) => grant::grant(&args, out),
            Self::Revoke(args) => grant::revoke(&args, out),
            #[cfg(unix)]
            Self::Session(args) => session::session(&args, out),
            #[cfg(unix)]
            Self::Leave(args) => session::leave(&args, out),
            Self::Show(args) => show::run(&args, out),
        }
    }
}

/// An instant: a day, which begins at midnight in Jakarta, or a time of RFC 3339.
pub(in crate::cli) fn instant(text: &str) -> Result<Timestamp, String> {
    if let Ok(day) = text.parse::<Date>() {
        let jakarta = TimeZone::fixed(jiff::tz::offset(7));
        return day.to_zoned(jakarta).map(|z| z.timestamp()).map_err(|e| e.to_string());
    }
    text.parse().map_err(|_| "a day such as 2026-11-26, or a time such as 2026-11-26T08:00:00+07:00".to_owned())
}

/// The role of this word.
fn role(text: &str) -> Result<Role, String> {
    Role::of_name(text).ok_or_else(|| Role::EVERY.iter().map(|role| role.name()).collect::<Vec<_>>().join(", "))
}

/// A refusal by what the file holds.
fn refused(path: &std::path::Path, error: &crate::issuance::officer::GrantError) -> Failure {
    let reason = crate::reason::Refusal::reason(error);
    debug_assert!(reason != Reason::InternalError);
    Failure::new(reason, format!("{}: {error}", path.display()))
}
