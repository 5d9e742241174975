//! Judge: evidence and trust in, verdict out; without clock, file or card.

use super::Refused;
use crate::pki::cvc;
use crate::pki::trust::{Kind, TrustError, TrustStore};
use crate::pki::x509::{Certificate, Crl};
use crate::verify::{Challenge, Evidence, JudgeState, ListsSeen, LiveProof, Mode, Policy, Purpose, Verdict, judge_with};
use jiff::Timestamp;

/// What a judge decided to trust, as DER or PEM.
#[derive(Debug, Clone)]
pub struct Anchors {
    /// Whether sample keys are welcome; real cards are judged by [`Kind::Production`].
    pub kind: Kind,
    /// Two-letter code of the country.
    pub country: String,
    /// Country signing authorities: whose cards are genuine.
    pub cscas: Vec<Vec<u8>>,
    /// Link certificates, each after the one that it follows from.
    pub links: Vec<Vec<u8>>,
    /// Roots of operations: whose status lists count.
    pub operations: Vec<Vec<u8>>,
    /// Revocation lists of all of them.
    pub crls: Vec<Vec<u8>>,
    /// CVCA certificates; no verdict over a card needs one.
    pub cvcas: Vec<Vec<u8>>,
}

/// How the judge knows that the chip was there.
#[derive(Debug)]
pub enum Presence {
    /// Not at all: a file. The best verdict is then *data authentic, chip not proven*.
    File,
    /// By the chip's answer to this challenge document, which the judge's memory has drawn (`ektp verify challenge`, or
    /// [`JudgeState::draw`]). It is spent by this call.
    Challenge(Vec<u8>),
    /// By a reading in this process.
    Live(LiveProof),
}

/// One question to the judge.
#[derive(Debug)]
pub struct Question {
    /// The evidence document, as `read` gives it.
    pub evidence: Vec<u8>,
    /// How presence is proven.
    pub presence: Presence,
    /// What is trusted.
    pub anchors: Anchors,
    /// The signed card status list, if there is one. Without it no card is found to be in force.
    pub status_list: Option<Vec<u8>>,
    /// What the card is presented for.
    pub purpose: Purpose,
    /// The instant of judgement.
    pub at: Timestamp,
}

/// Judges a card. The memory keeps spent challenges and the highest numbers of lists: a [`super::ThrowawayState`] forgets them with the
/// process, `verify::state_dir::StateDir` (feature `cli`) keeps them in a folder.
///
/// # Errors
/// `encoding-invalid` or `input-invalid` for bytes that are no evidence, challenge or anchor; what an anchor is refused for
/// (`certificate-unfit`, `untrusted-issuer`, `sample-key`, `crl-rollback`); `file-unreadable` or `disk-full` of the memory. A card that is
/// not genuine is no error: the verdict says so.
///
/// ```
/// use ektp::facade::{Anchors, Decision, Kind, Presence, Purpose, Question, ThrowawayState, judge};
///
/// let sample = |name: &str| std::fs::read(format!(concat!(env!("CARGO_MANIFEST_DIR"), "/samples/evidence/{}"), name)).unwrap();
/// let anchors = Anchors {
///     kind: Kind::Sample,
///     country: "ID".to_owned(),
///     cscas: vec![sample("trust/csca/sample.pem")],
///     links: vec![],
///     operations: vec![sample("trust/operations/sample.pem")],
///     crls: vec![sample("trust/crl/csca.crl"), sample("trust/crl/operations.crl")],
///     cvcas: vec![],
/// };
/// let evidence = sample("good.json");
/// let read_at = ektp::verify::Evidence::from_json(&evidence).unwrap().read_at;
/// let question = Question {
///     evidence,
///     presence: Presence::File,
///     anchors,
///     status_list: Some(sample("trust/status-list.cwt")),
///     purpose: Purpose::Use,
///     at: read_at,
/// };
/// let verdict = judge(&question, &mut ThrowawayState::default())?;
/// // Everything is as the authority signed it; that the chip was there a file alone does not prove.
/// assert_eq!(verdict.decision(), Decision::DataAuthentic);
/// assert_eq!(verdict.reason().unwrap().code(), "presence-not-proven");
///
/// let altered = judge(&Question { evidence: sample("altered.json"), ..question }, &mut ThrowawayState::default())?;
/// assert_eq!((altered.decision(), altered.exit()), (Decision::NotGenuine, 40));
/// # Ok::<(), ektp::facade::Refused>(())
/// ```
pub fn judge(question: &Question, memory: &mut dyn JudgeState) -> Result<Verdict, Refused> {
    let evidence = Evidence::from_json(&question.evidence)?;
    let trust = question.anchors.store()?;
    let policy = Policy {
        now: question.at,
        purpose: question.purpose,
        status_list: question.status_list.as_deref(),
        seen: ListsSeen::default(),
    };
    let judged = |mode: &Mode<'_>, memory: &mut dyn JudgeState| judge_with(&evidence, mode, &trust, &policy, memory);
    Ok(match &question.presence {
        Presence::File => judged(&Mode::Data, memory)?,
        Presence::Live(proof) => judged(&Mode::Live(proof), memory)?,
        Presence::Challenge(document) => {
            let spent = memory.spend(&Challenge::from_json(document)?)?;
            judged(&Mode::Challenged(&spent), memory)?
        }
    })
}

impl Anchors {
    /// The store that they make, in which a later list replaces an earlier one of its authority.
    fn store(&self) -> Result<TrustStore, Refused> {
        let mut store = TrustStore::new(self.kind, &self.country);
        let certificate = |bytes: &Vec<u8>| Certificate::from_file(bytes);
        for bytes in &self.cscas {
            store.add_csca(certificate(bytes)?)?;
        }
        for bytes in &self.operations {
            store.add_operations_root(certificate(bytes)?)?;
        }
        for bytes in &self.links {
            store.add_link(certificate(bytes)?)?;
        }
        for bytes in &self.crls {
            store.add_crl(Crl::from_file(bytes)?)?;
        }
        for bytes in &self.cvcas {
            store.add_cvca(cvc::Certificate::parse(bytes).map_err(TrustError::Cvca)?)?;
        }
        Ok(store)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::reason::Reason;
    use crate::verify::{Decision, ThrowawayState};

    const GOOD: &[u8] = include_bytes!("../../samples/evidence/good.json");
    const CHALLENGE: &[u8] = include_bytes!("../../samples/evidence/challenge.json");
    const CSCA: &[u8] = include_bytes!("../../samples/evidence/trust/csca/sample.pem");

    const OTHER: &[u8] = include_bytes!("../../samples/evidence/other-csca.pem");

    fn question(presence: Presence) -> Question {
        let anchors = Anchors {
            kind: Kind::Sample,
            country: "ID".to_owned(),
            cscas: vec![CSCA.to_vec()],
            links: vec![],
            operations: vec![include_bytes!("../../samples/evidence/trust/operations/sample.pem").to_vec()],
            crls: vec![
                include_bytes!("../../samples/evidence/trust/crl/csca.crl").to_vec(),
                include_bytes!("../../samples/evidence/trust/crl/operations.crl").to_vec(),
            ],
            cvcas: vec![],
        };
        let list = include_bytes!("../../samples/evidence/trust/status-list.cwt");
        let at = Evidence::from_json(GOOD).unwrap().read_at;
        Question { evidence: GOOD.to_vec(), presence, anchors, status_list: Some(list.to_vec()), purpose: Purpose::Use, at }
    }

    /// The sample's challenge, as if it had been made just before the reading.
    fn challenge(at: Timestamp) -> Vec<u8> {
        let mut json: serde_json::Value = serde_json::from_slice(CHALLENGE).unwrap();
        json["made_at"] = (at - jiff::SignedDuration::from_mins(1)).to_string().into();
        json.to_string().into_bytes()
    }

    #[test]
    fn a_challenge_that_the_memory_drew_proves_the_chip_once() {
        let at = question(Presence::File).at;
        let mut memory = ThrowawayState::default();
        let asked = question(Presence::Challenge(challenge(at)));
        let stranger = judge(&asked, &mut memory).unwrap();
        assert_eq!(stranger.reason(), Some(Reason::ChallengeUnknown));
        memory.draw(&Challenge::from_json(&challenge(at)).unwrap()).unwrap();
        let first = judge(&asked, &mut memory).unwrap();
        assert_eq!((first.decision(), first.reason(), first.sample_keys), (Decision::Genuine, None, true));
        let again = judge(&asked, &mut memory).unwrap();
        assert_eq!((again.decision(), again.reason()), (Decision::DataAuthentic, Some(Reason::ChallengeReplayed)));
    }

    #[test]
    fn what_is_no_evidence_no_challenge_and_no_anchor_is_refused() {
        let reason = |question: &Question| judge(question, &mut ThrowawayState::default()).unwrap_err().reason;
        assert_eq!(reason(&Question { evidence: b"{}".to_vec(), ..question(Presence::File) }), Reason::InputInvalid);
        assert_eq!(reason(&question(Presence::Challenge(b"{}".to_vec()))), Reason::InputInvalid);
        let with = |change: fn(&mut Anchors)| {
            let mut question = question(Presence::File);
            change(&mut question.anchors);
            reason(&question)
        };
        assert_eq!(with(|a| a.kind = Kind::Production), Reason::SampleKey);
        assert_eq!(with(|a| a.country = "MY".to_owned()), Reason::UntrustedIssuer);
        assert_eq!(with(|a| a.cscas = vec![b"hello".to_vec()]), Reason::EncodingInvalid);
        assert_eq!(with(|a| a.links = vec![OTHER.to_vec()]), Reason::UntrustedIssuer);
        assert_eq!(with(|a| a.cvcas = vec![CSCA.to_vec()]), Reason::CertificateUnfit);
        assert_eq!(with(|a| a.cscas.clear()), Reason::UntrustedIssuer, "the lists of an authority that is not trusted");
    }
}
