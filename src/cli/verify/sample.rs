//! Shipped samples of evidence (`samples/evidence/`), each with its own trust, challenge, date of judgement and a state that is
//! thrown away: an integrator sees every kind of verdict without card or reader.

use super::card::Setting;
use crate::cli::output::Failure;
use crate::pki::trust::{Kind, TrustStore};
use crate::pki::x509::{Certificate, Crl};
use crate::reason::Reason;
use crate::verify::{Challenge, Evidence, JudgeState, Mode, Policy, Purpose, ThrowawayState, Verdict, judge_with};
use jiff::{SignedDuration, Timestamp};

/// A sample by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Sample {
    /// Genuine, by sample keys.
    Good,
    /// All files copied to a chip without the private keys.
    Cloned,
    /// One byte of the portrait changed.
    Altered,
    /// Judged after the card's last day.
    Expired,
    /// Judged with a status list of last week.
    Stale,
    /// Signed by an issuer that the trust store does not know.
    WrongIssuer,
}

const GOOD: &str = include_str!("../../../samples/evidence/good.json");
const CLONED: &str = include_str!("../../../samples/evidence/cloned.json");
const ALTERED: &str = include_str!("../../../samples/evidence/altered.json");
const CHALLENGE: &str = include_str!("../../../samples/evidence/challenge.json");
const LIST: &[u8] = include_bytes!("../../../samples/evidence/trust/status-list.cwt");
const CSCA: &[u8] = include_bytes!("../../../samples/evidence/trust/csca/sample.pem");
const OPERATIONS: &[u8] = include_bytes!("../../../samples/evidence/trust/operations/sample.pem");
const CRLS: [&[u8]; 2] = [
    include_bytes!("../../../samples/evidence/trust/crl/csca.crl"),
    include_bytes!("../../../samples/evidence/trust/crl/operations.crl"),
];
const OTHER_CSCA: &[u8] = include_bytes!("../../../samples/evidence/other-csca.pem");
/// Days after which the status list no longer decides, and the revocation lists still do.
const STALE_DAYS: i64 = 10;
/// Days after which the card has expired and its signer's certificate has not.
const EXPIRED_DAYS: i64 = 3_655;

/// Judges a sample.
pub fn judge_sample(sample: Sample) -> Result<(Evidence, Verdict, Setting), Failure> {
    let evidence = Evidence::from_json(match sample {
        Sample::Cloned => CLONED.as_bytes(),
        Sample::Altered => ALTERED.as_bytes(),
        _ => GOOD.as_bytes(),
    })?;
    let now = date(sample, evidence.read_at);
    let challenge = challenge(now)?;
    let trust = trust(sample)?;
    let mut state = ThrowawayState::default();
    state.draw(&challenge)?;
    let spent = state.spend(&challenge)?;
    let policy = Policy { now, purpose: Purpose::Use, status_list: Some(LIST), seen: crate::verify::ListsSeen::default() };
    let verdict = judge_with(&evidence, &Mode::Challenged(&spent), &trust, &policy, &mut state)?;
    Ok((evidence, verdict, Setting::of("challenged", &policy, &trust)))
}

/// The sample's challenge, as if it were made just before the judgement: how old a challenge may be is not what samples show.
fn challenge(now: Timestamp) -> Result<Challenge, Failure> {
    let broken = || Failure::new(Reason::InternalError, "a compiled-in sample does not parse");
    let mut json: serde_json::Value = serde_json::from_str(CHALLENGE).map_err(|_| broken())?;
    *json.get_mut("made_at").ok_or_else(broken)? = (now - SignedDuration::from_mins(1)).to_string().into();
    Ok(Challenge::from_json(json.to_string().as_bytes())?)
}

/// The date of judgement: an hour after the reading, unless the sample is about age.
fn date(sample: Sample, read_at: Timestamp) -> Timestamp {
    let later = match sample {
        Sample::Stale => SignedDuration::from_hours(24 * STALE_DAYS),
        Sample::Expired => SignedDuration::from_hours(24 * EXPIRED_DAYS),
        _ => SignedDuration::from_hours(1),
    };
    read_at.checked_add(later).unwrap_or(Timestamp::MAX)
}

fn trust(sample: Sample) -> Result<TrustStore, Failure> {
    let broken = |_| Failure::new(Reason::InternalError, "a compiled-in sample does not parse");
    let mut store = TrustStore::new(Kind::Sample, crate::pki::sample::COUNTRY);
    if sample == Sample::WrongIssuer {
        store.add_csca(Certificate::from_file(OTHER_CSCA).map_err(broken)?)?;
        return Ok(store);
    }
    store.add_csca(Certificate::from_file(CSCA).map_err(broken)?)?;
    store.add_operations_root(Certificate::from_file(OPERATIONS).map_err(broken)?)?;
    for crl in CRLS {
        store.add_crl(Crl::from_file(crl).map_err(broken)?)?;
    }
    Ok(store)
}
