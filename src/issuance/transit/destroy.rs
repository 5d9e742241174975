//! Destruction before two witnesses, with minutes: a paper in Indonesian whose SHA-256 is the evidence of each card's end.

use super::TransitError;
use crate::crypto::hash::sha256;
use crate::issuance::bureau::{BureauError, notes};
use crate::issuance::card;
use crate::issuance::desk::{By, Desk};
use crate::issuance::form::{Block, Sheet, Signature};
use crate::issuance::names::Named as _;
use crate::issuance::store::{Id, Kind, Move, Row, Word};
use crate::limits::ISSUANCE_ITEMS;
use serde::{Deserialize, Serialize};

/// A person who signs the minutes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signer {
    /// Name, as it stands on the paper.
    pub name: String,
    /// Staff number or authority.
    pub number: String,
    /// For whom they stand there: police, inspectorate, the office.
    pub body: String,
}

/// What the minutes say beside the cards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Minutes {
    /// Their number.
    pub number: String,
    /// The day, as it is written: `26 November 2026`.
    pub day: String,
    /// The place.
    pub place: String,
    /// How: shredded, burned.
    pub method: String,
    /// Who destroyed.
    pub officer: Signer,
    /// Who watched: two at least.
    pub witnesses: Vec<Signer>,
}

/// A card of the minutes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// The card.
    pub card: Id,
    /// Its document number.
    pub number: Word,
    /// Serial number of its blank.
    pub blank: Option<Id>,
    /// Why it is destroyed: by which step it ended, and the reason that was given.
    pub why: String,
}

/// Cards that were destroyed.
#[derive(Debug, Clone)]
pub struct Destroyed {
    /// Each.
    pub lines: Vec<Line>,
    /// The minutes, A4.
    pub pdf: Vec<u8>,
    /// Their SHA-256.
    pub sha256: [u8; 32],
}

/// The minutes for cards that came back and are to be destroyed: to be printed and signed, then named by [`destroy`].
///
/// # Errors
/// [`TransitError::Minutes`], [`TransitError::Form`]; [`BureauError::Stands`] for a card that has not come back; what the store says.
pub fn minutes(desk: &mut Desk<'_>, cards: &[Id], of: &Minutes) -> Result<Destroyed, TransitError> {
    of.check()?;
    if cards.is_empty() || cards.len() > ISSUANCE_ITEMS {
        return Err(BureauError::Number { what: "cards", most: ISSUANCE_ITEMS }.into());
    }
    let lines: Vec<Line> = cards.iter().map(|card| line(desk, card)).collect::<Result<_, _>>()?;
    let pdf = of.sheet(&lines).pdf()?;
    Ok(Destroyed { lines, sha256: sha256(&pdf), pdf })
}

/// Destroys cards, before two witnesses who sign with their keys: each by the SHA-256 of the minutes.
///
/// # Errors
/// As [`minutes`]; [`TransitError::OtherWitness`] if the paper names others than those who sign; what the desk says.
pub fn destroy(desk: &mut Desk<'_>, job: &Id, cards: &[Id], of: &Minutes, by: By<'_>) -> Result<Destroyed, TransitError> {
    of.check()?;
    of.names(desk, by)?;
    let done = minutes(desk, cards, of)?;
    let step = |card: &Id| Move::card(card.clone(), card::Step::Destroy).by_evidence(done.sha256);
    desk.take_by(job, cards.iter().map(step).collect(), by)?;
    Ok(done)
}

/// What the minutes say of a card.
fn line(desk: &mut Desk<'_>, id: &Id) -> Result<Line, TransitError> {
    let found = notes::own(desk, Kind::Card, id)?;
    if !matches!(card::State::of_name(found.state), Some(card::State::Returned | card::State::Destroyed)) {
        return Err(BureauError::Stands { kind: Kind::Card, id: id.clone(), state: found.state }.into());
    }
    let life = desk.store.history(Kind::Card, id, 0, 100)?;
    let revoked = |row: &&Row| card::State::of_name(&row.now).is_some_and(|state| state.number() == card::Number::Revoked);
    let why = life.iter().find(revoked).map(|row| match row.reason() {
        Some(reason) => format!("{}: {reason}", row.now),
        None => row.now.clone(),
    });
    let blank = desk.store.find(Kind::Blank, crate::issuance::store::By::Owner(id))?.into_iter().next();
    Ok(Line { card: id.clone(), number: found.word, blank: blank.map(|blank| blank.id), why: why.unwrap_or_default() })
}

impl Minutes {
    fn check(&self) -> Result<(), TransitError> {
        let texts =
            [(&self.number, "their number"), (&self.day, "the day"), (&self.place, "the place"), (&self.method, "the method")];
        if let Some((_, what)) = texts.into_iter().find(|(text, _)| text.trim().is_empty()) {
            return Err(TransitError::Minutes(what));
        }
        if self.witnesses.len() < 2 {
            return Err(TransitError::Minutes("two witnesses"));
        }
        let signers = std::iter::once(&self.officer).chain(&self.witnesses);
        if signers.clone().any(|one| one.name.trim().is_empty()) {
            return Err(TransitError::Minutes("the name of who signs"));
        }
        if signers.clone().any(|one| one.number.trim().is_empty()) {
            return Err(TransitError::Minutes("the number of who signs"));
        }
        // Nobody watches for two, nor what they do themselves.
        let all: Vec<&Signer> = signers.collect();
        let same = |one: &Signer, other: &Signer| {
            one.number.trim() == other.number.trim() || one.name.trim().eq_ignore_ascii_case(other.name.trim())
        };
        if (1..).zip(&all).any(|(next, one)| all.iter().skip(next).any(|other| same(one, other))) {
            return Err(TransitError::Minutes("three different persons"));
        }
        Ok(())
    }

    /// Whether those who sign with their keys are witnesses on the paper, each by their staff number.
    fn names(&self, desk: &Desk<'_>, by: By<'_>) -> Result<(), TransitError> {
        for officer in std::iter::once(by.first).chain(by.second) {
            let names = notes::names_of(desk.roster, officer.id());
            if !self.witnesses.iter().any(|one| names.iter().any(|name| name == one.number.trim())) {
                return Err(TransitError::OtherWitness(officer.id().to_string()));
            }
        }
        Ok(())
    }

    /// The paper, in the language of the office.
    fn sheet(&self, lines: &[Line]) -> Sheet {
        let rows = (1..).zip(lines).map(|(n, line): (usize, &Line)| {
            let blank = line.blank.as_ref().map_or_else(|| "-".to_owned(), ToString::to_string);
            vec![n.to_string(), line.number.to_string(), blank, in_indonesian(&line.why)]
        });
        let columns = [("No.", 1), ("Nomor dokumen", 3), ("Nomor seri blangko", 4), ("Alasan", 5)];
        let opening = format!(
            "Pada hari ini, {}, bertempat di {}, kami yang bertanda tangan di bawah ini telah memusnahkan sebanyak {} keping \
             KTP elektronik dalam daftar ini dengan cara {}, disaksikan oleh para saksi di bawah ini. Nomor setiap kartu telah dicabut sebelumnya.",
            self.day,
            self.place,
            lines.len(),
            self.method
        );
        let closing = "Demikian berita acara ini dibuat dengan sebenarnya untuk dipergunakan sebagaimana mestinya.".to_owned();
        let box_of = |role: String, of: &Signer| Signature { role, name: of.name.clone(), number: of.number.clone() };
        let mut boxes = vec![box_of("Petugas".to_owned(), &self.officer)];
        boxes.extend((1..).zip(&self.witnesses).map(|(n, of): (usize, _)| box_of(format!("Saksi {n}, {}", of.body), of)));
        let columns = columns.map(|(title, share)| (title.to_owned(), share)).to_vec();
        Sheet {
            head: vec!["KEMENTERIAN DALAM NEGERI".to_owned(), "DIREKTORAT JENDERAL KEPENDUDUKAN DAN PENCATATAN SIPIL".to_owned()],
            title: "BERITA ACARA PEMUSNAHAN KTP ELEKTRONIK".to_owned(),
            number: format!("Nomor: {}", self.number),
            code: None,
            blocks: vec![
                Block::Text(opening),
                Block::Table { columns, rows: rows.collect() },
                Block::Text(closing),
                Block::Signatures(boxes),
            ],
            foot: format!("Berita acara {}", self.number),
        }
    }
}

/// Why a card is destroyed, in the words of the paper.
fn in_indonesian(why: &str) -> String {
    let (state, reason) = why.split_once(": ").unwrap_or((why, ""));
    let state = match card::State::of_name(state) {
        Some(card::State::Spoiled) => "rusak dalam pembuatan",
        Some(card::State::Quarantined) => "keadaan cip tidak diketahui",
        Some(card::State::Missing) => "hilang, ditemukan kembali",
        Some(card::State::Refused) => "tidak diserahkan",
        Some(card::State::Revoked) => "dicabut",
        _ => state,
    };
    let reason = match reason {
        "" => return state.to_owned(),
        "unclaimed" => "tidak diambil",
        "withdrawn" => "permohonan ditarik",
        "died" => "pemegang meninggal",
        "superseded" => "diganti kartu lain",
        "no-match" => "sidik jari tidak cocok",
        "impostor" => "diminta oleh orang lain",
        "too-poor" => "sidik jari tidak terbaca",
        "lost" => "dilaporkan hilang",
        "fraud" => "penipuan",
        "damaged" => "rusak",
        "data-change" => "perubahan data",
        "expired" => "masa berlaku habis",
        "moved-in" => "pindah datang",
        "unknown" => "sebab tidak diketahui",
        "spoiled" => "rusak",
        // A word of the station's own, or the id of an incident: it is named as what it is.
        other => return format!("{state} (kode {other})"),
    };
    format!("{state} ({reason})")
}

#[cfg(test)]
mod tests {
    use super::in_indonesian;

    #[test]
    fn the_reason_stands_in_the_language_of_the_paper() {
        for (why, said) in [
            ("refused: no-match", "tidak diserahkan (sidik jari tidak cocok)"),
            ("revoked: lost", "dicabut (dilaporkan hilang)"),
            ("refused: unclaimed", "tidak diserahkan (tidak diambil)"),
            ("spoiled: E-17", "rusak dalam pembuatan (kode E-17)"),
            ("quarantined", "keadaan cip tidak diketahui"),
        ] {
            assert_eq!(in_indonesian(why), said);
        }
    }
}
