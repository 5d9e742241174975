//! What must agree between the fields of a record, and what is merely odd.

use super::error::{Contradiction, RecordError};
use super::region;
use super::warning::{Warning, WarningKind};
use super::{Nationality, Record, RegionCode, Validity};
use jiff::ToSpan;

/// Refuses fields that cannot both be true.
pub(super) fn contradictions(r: &Record) -> Result<(), RecordError> {
    let wrong = |path: &str, rule| Err(RecordError::Contradiction { path: path.to_owned(), rule });
    if r.date_of_issue < r.birth_date {
        return wrong("/date_of_issue", Contradiction::BeforeBirth);
    }
    match r.registered_on {
        Some(day) if day < r.birth_date => return wrong("/registered_on", Contradiction::BeforeBirth),
        Some(day) if day > r.date_of_issue => return wrong("/registered_on", Contradiction::AfterIssue),
        _ => {}
    }
    match (&r.nationality, r.valid_until) {
        (_, Validity::Until(end)) if end <= r.date_of_issue => return wrong("/valid_until", Contradiction::EndsBeforeIssue),
        (Nationality::ForeignResident { .. }, Validity::Lifetime) => return wrong("/valid_until", Contradiction::ForeignForLife),
        _ => {}
    }
    match r.address.check() {
        Ok(()) => Ok(()),
        Err((field, rule)) => wrong(&format!("/address/{field}"), rule),
    }
}

/// What is odd about a day of issue, as of another day: a record is written before its card, but never dated ahead.
pub(super) fn issue_ahead(issue: jiff::civil::Date, today: jiff::civil::Date) -> Option<Warning> {
    (issue > today).then_some(Warning { path: "/date_of_issue", kind: WarningKind::IssueAhead })
}

/// Everything odd, but for the name, whose parser tells.
pub(super) fn warnings(r: &Record) -> Vec<Warning> {
    let mut odd = nik(r);
    odd.append(&mut regions(r));
    let flags = [
        ("/birth_date", is_under_seventeen(r), WarningKind::UnderSeventeen),
        (
            "/valid_until",
            r.nationality == Nationality::Citizen && r.valid_until != Validity::Lifetime,
            WarningKind::CitizenExpires,
        ),
        ("/portrait", r.portrait.channels == 1, WarningKind::PortraitGrey),
        ("/fingers", r.fingers.taken.len() == 1, WarningKind::OneHand),
        ("/fingers", r.fingers.taken.is_empty(), WarningKind::NoFinger),
    ];
    odd.extend(flags.into_iter().filter(|f| f.1).map(|(path, _, kind)| Warning { path, kind }));
    odd
}

fn is_under_seventeen(r: &Record) -> bool {
    let seventeenth = r.birth_date.checked_add(17.years());
    !r.marital_status.ever_married() && seventeenth.is_ok_and(|day| day > r.date_of_issue)
}

fn nik(r: &Record) -> Vec<Warning> {
    let odd = r.nik.explain().disagreements(Some(r.birth_date), Some(r.sex));
    odd.into_iter().map(|kind| Warning { path: "/nik", kind }).collect()
}

fn regions(r: &Record) -> Vec<Warning> {
    let a = &r.address;
    let levels: [(&'static str, &RegionCode, &str); 3] = [
        ("/address/province_code", &a.province_code, &a.province),
        ("/address/regency_code", &a.regency_code, &a.regency),
        ("/address/district_code", &a.district_code, &a.district),
    ];
    let remark = |(path, code, name): (&'static str, &RegionCode, &str)| {
        let kind = match region::find(&code.digits()) {
            None => WarningKind::RegionUnknown,
            Some(known) if !known.is_alive() => WarningKind::RegionDead,
            Some(known) if !region::same_name(known.name, name) => WarningKind::RegionNameDiffers,
            Some(_) => return None,
        };
        Some(Warning { path, kind })
    };
    levels.into_iter().filter_map(remark).collect()
}
