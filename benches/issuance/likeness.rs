//! Candidates by data: how long the search takes as the persons grow to a million, and how many are found again who were written otherwise.

use super::database::{Place, Raw, Server, key};
use super::report::{Bound, Report, median};
use ektp::finger::eval::chart::Series;
use ektp::issuance::case::Dossier;
use ektp::issuance::likeness::people::{Change, Crowd};
use ektp::issuance::likeness::search::marks_of;
use ektp::issuance::likeness::{Traits, search};
use ektp::issuance::papers::Reason;
use ektp::issuance::store::{Id, Kind, Part, StoreKey};
use ektp::issuance::{Holder, Mode, Procedure, Start};
use ektp::record::Biodata;
use ektp::world::DangerousSeededEntropy;
use std::io::Write as _;
use std::time::Instant;

/// Persons who are looked for, of each change.
const ASKED: u32 = 100;
/// Persons written at once.
const TOGETHER: u32 = 20_000;
/// Nobody's application, for whom others are looked for.
const NOBODY: &str = "A-FFFFFFFFFFFFFFFF";

fn biodata() -> Biodata {
    let text = include_str!("../../samples/record-citizen.json");
    let mut fields: serde_json::Value = serde_json::from_str(text).unwrap();
    for other in ["format", "issuing_authority", "place_of_issue", "date_of_issue", "portrait", "signature", "fingers"] {
        fields.as_object_mut().unwrap().remove(other);
    }
    Biodata::from_json(&fields).unwrap()
}

fn id(n: u32) -> Id {
    Id::parse(&format!("A-{n:016X}")).unwrap()
}

/// A dossier as an application keeps it, sealed.
fn dossier(key: &StoreKey, n: u32, who: Biodata, rng: &mut DangerousSeededEntropy) -> Vec<u8> {
    let dossier = Dossier {
        procedure: Procedure::new(Start::Regular, Holder::Citizen, Mode::Office),
        reason: Reason::New,
        biodata: who,
        is_clean: true,
        holds_card: false,
        brought: Vec::new(),
        changes: Vec::new(),
        summoned_for: None,
        passed: Vec::new(),
        visit: None,
        receipt: 1,
        printed: 0,
    };
    key.seal(Kind::Application, &id(n), Part::Biodata, &dossier.to_json(), rng).unwrap().bytes().to_vec()
}

/// Persons `from` to `to`, with their dossiers, kept; the bytes of a person's marks.
fn fill(place: &Place, crowd: &Crowd, from: u32, to: u32) {
    let (key, mut rng) = (key(), DangerousSeededEntropy::new(from.into()));
    let mut raw = place.raw();
    for first in (from..to).step_by(TOGETHER as usize) {
        let (mut sealed, mut marks) = (Vec::new(), Vec::new());
        for n in first..to.min(first + TOGETHER) {
            let who = crowd.person(n);
            marks.extend(marks_of(&key, &Traits::of(&who)).into_iter().map(|mark| (*mark.bytes(), n)));
            sealed.push((n, dossier(&key, n, who, &mut rng)));
        }
        marks.sort_unstable();
        write(&mut raw, &sealed, &marks);
    }
    raw.run("ANALYZE");
}

fn write(raw: &mut Raw, sealed: &[(u32, Vec<u8>)], marks: &[([u8; 16], u32)]) {
    match raw {
        Raw::File(db) => {
            let tx = db.transaction().unwrap();
            for (n, bytes) in sealed {
                let sql = "INSERT INTO sealed VALUES ('application', ?1, 'biodata', ?2)";
                tx.prepare_cached(sql).unwrap().execute(rusqlite::params![id(*n).as_str(), bytes]).unwrap();
            }
            for (mark, n) in marks {
                let sql = "INSERT INTO likeness VALUES (?1, ?2)";
                tx.prepare_cached(sql).unwrap().execute(rusqlite::params![mark, id(*n).as_str()]).unwrap();
            }
            tx.commit().unwrap();
        }
        Raw::Server(client) => {
            let hex = |bytes: &[u8]| bytes.iter().map(|b| format!("{b:02x}")).collect::<String>();
            let mut rows = client.copy_in("COPY sealed FROM STDIN").unwrap();
            for (n, bytes) in sealed {
                writeln!(rows, "application\t{}\tbiodata\t\\\\x{}", id(*n), hex(bytes)).unwrap();
            }
            rows.finish().unwrap();
            let mut rows = client.copy_in("COPY likeness FROM STDIN").unwrap();
            for (mark, n) in marks {
                writeln!(rows, "\\\\x{}\t{}", hex(mark), id(*n)).unwrap();
            }
            rows.finish().unwrap();
        }
    }
}

/// What was asked of each change, and found; the milliseconds of each search; candidates that were named.
struct Asked {
    by_change: Vec<(Change, u32, u32)>,
    times: Vec<f64>,
    candidates: usize,
}

fn ask(place: &Place, crowd: &Crowd, persons: u32) -> Asked {
    let (mut store, key, nobody) = (place.open(), key(), Id::parse(NOBODY).unwrap());
    let mut asked = Asked { by_change: Vec::new(), times: Vec::new(), candidates: 0 };
    for change in Change::ALL {
        let (mut tried, mut found) = (0, 0);
        for at in 0..20 * ASKED {
            // Spread over all of them, by a step that is prime to their number.
            let n = u32::try_from(u64::from(at) * 7_919 % u64::from(persons)).unwrap();
            let Some(again) = crowd.again(&crowd.person(n), change, n).filter(|_| tried < ASKED) else { continue };
            let begun = Instant::now();
            let everybody = search(store.as_mut(), &key, &nobody, &Traits::of(&again)).unwrap();
            asked.times.push(begun.elapsed().as_secs_f64() * 1_000.0);
            // As many as are named to the officers.
            let named = everybody.found.iter().take(ektp::limits::SUSPECTS);
            asked.candidates += named.len();
            tried += 1;
            found += u32::from(named.into_iter().any(|f| f.application == id(n)));
        }
        asked.by_change.push((change, tried, found));
    }
    asked
}

/// The figures; what the plot of growth has of them.
pub fn figures(report: &mut Report, server: &Option<Server>, persons: u32) -> Vec<Series> {
    let mut places = vec![Place::file()];
    places.extend(server.as_ref().map(Server::database));
    let (crowd, mut series) = (Crowd::new(biodata(), 17), Vec::new());
    for place in &places {
        let (mut points, mut filled, mut last) = (Vec::new(), 0, None);
        for size in [10_000, 100_000].into_iter().filter(|size| *size < persons).chain([persons]) {
            fill(place, &crowd, filled, size);
            filled = size;
            let asked = ask(place, &crowd, size);
            points.push((f64::from(size), median(asked.times.clone())));
            last = Some(asked);
        }
        let Some(mut asked) = last else { continue };
        let name = place.name;
        asked.times.sort_by(f64::total_cmp);
        let at = |share: usize| asked.times[(asked.times.len() - 1) * share / 100];
        let searches = format!("{} searches among {persons} persons", asked.times.len());
        report.bounded(format!("{name}, candidates by data: slowest"), at(100), "ms", Bound::AtMost(1_000.0), searches);
        report.plain(format!("{name}, candidates by data: median"), at(50), "ms", format!("95 of 100 within {:.0} ms", at(95)));
        let named = asked.candidates as f64 / asked.times.len() as f64;
        report.plain(format!("{name}, candidates by data: named"), named, "", "the mean of a search; at most 50");
        for (change, tried, found) in &asked.by_change {
            let share = 100.0 * f64::from(*found) / f64::from(*tried);
            let row = format!("{name}, found again: {}", change.name());
            report.bounded(row, share, "%", Bound::AtLeast(change.least().into()), format!("{found} of {tried}"));
        }
        series.push(Series { name: format!("{name}: candidates by data"), points });
    }
    series
}
