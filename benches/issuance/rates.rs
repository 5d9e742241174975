//! Rates, side by side: stations that take steps, and as many clients that insert a row of the same bytes, by turns in one run.

use super::database::{Place, Raw};
use super::report::{Bound, Report, median};
use super::steps::Station;
use ektp::issuance::store::Store;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// Turns of each; the figure is the median of the ratios of those of one turn, which a disk that drifts slows alike.
const TURNS: usize = 60;

/// Clients that begin and end together.
type Clients<'a> = Vec<Box<dyn FnMut() + Send + 'a>>;

/// Calls a second of so many clients that begin and end together.
fn rate(clients: &mut [Box<dyn FnMut() + Send + '_>], time: Duration) -> f64 {
    let barrier = Barrier::new(clients.len());
    let total: (u64, f64) = std::thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter_mut()
            .map(|call| {
                let barrier = &barrier;
                scope.spawn(move || {
                    barrier.wait();
                    let (begun, mut calls) = (Instant::now(), 0);
                    while begun.elapsed() < time {
                        call();
                        calls += 1;
                    }
                    (calls, begun.elapsed().as_secs_f64())
                })
            })
            .collect();
        let ends = threads.into_iter().map(|thread| thread.join().unwrap());
        ends.fold((0, 0.0), |(calls, longest): (u64, f64), (more, time)| (calls + more, longest.max(time)))
    });
    total.0 as f64 / total.1
}

/// A client that inserts a row of so many bytes, and commits it.
fn inserting<'a>(place: &Place, bytes: usize) -> Box<dyn FnMut() + Send + 'a> {
    let row = vec![0x5A; bytes];
    match place.raw() {
        Raw::File(db) => Box::new(move || {
            db.prepare_cached("INSERT INTO raw (bytes) VALUES (?1)").unwrap().execute([&row]).unwrap();
        }),
        Raw::Server(mut client) => {
            let insert = client.prepare("INSERT INTO raw (bytes) VALUES ($1)").unwrap();
            Box::new(move || {
                client.execute(&insert, &[&row]).unwrap();
            })
        }
    }
}

/// Stations, with the store that each has opened, whose applications are all received.
fn stations(place: &Place, first: u32, many: u32) -> Vec<(Station, Box<dyn Store>)> {
    let open = |n| {
        let mut store = place.open();
        (Station::new(first + n, store.as_mut()), store)
    };
    (0..many).map(open).collect()
}

fn stepping(stations: &mut [(Station, Box<dyn Store>)]) -> Clients<'_> {
    stations.iter_mut().map(stepper).collect()
}

fn stepper((station, store): &mut (Station, Box<dyn Store>)) -> Box<dyn FnMut() + Send + '_> {
    Box::new(move || station.step(store.as_mut()))
}

/// The rates of each by turn; whose turn is first goes round, since what one leaves to the disk is the next one's burden.
fn by_turns(all: &mut [Clients<'_>], seconds: f64) -> Vec<Vec<f64>> {
    let time = Duration::from_secs_f64(seconds / (all.len() * TURNS) as f64);
    let mut rates = vec![Vec::new(); all.len()];
    for turn in 0..TURNS {
        for next in 0..all.len() {
            let at = (turn + next) % all.len();
            rates[at].push(rate(&mut all[at], time));
        }
    }
    rates
}

/// Of each turn how many times the one is of the other, from the least to the most.
fn ratios(of: &[f64], to: &[f64]) -> Vec<f64> {
    let mut all: Vec<f64> = of.iter().zip(to).map(|(a, b)| a / b).collect();
    all.sort_by(f64::total_cmp);
    all
}

/// What lies around a median.
fn spread(ratios: &[f64], times: f64) -> String {
    let at = |share: usize| times * ratios[(ratios.len() - 1) * share / 100];
    format!("half of {} turns between {:.1} and {:.1}", ratios.len(), at(25), at(75))
}

fn one_station(report: &mut Report, place: &Place, seconds: f64) {
    let (name, mut ours) = (place.name, stations(place, 0, 1));
    let bytes = ours.first_mut().map_or(0, |(station, store)| station.row_bytes(store.as_mut()));
    let rates = by_turns(&mut [stepping(&mut ours), vec![inserting(place, bytes)]], seconds);
    let (steps, raw, share) = (median(rates[0].clone()), median(rates[1].clone()), ratios(&rates[0], &rates[1]));
    report.plain(format!("{name}, one station: steps"), steps, "/s", format!("{raw:.0} inserts of {bytes} B a second"));
    let row = format!("{name}, one station: steps of inserts");
    report.bounded(row, 100.0 * median(share.clone()), "%", Bound::AtLeast(50.0), spread(&share, 100.0));
}

fn many_stations(report: &mut Report, place: &Place, seconds: f64) {
    let (mut many, mut one) = (stations(place, 100, 16), stations(place, 200, 1));
    let bytes = many.first_mut().map_or(0, |(station, store)| station.row_bytes(store.as_mut()));
    let inserts: Clients<'_> = (0..16).map(|_| inserting(place, bytes)).collect();
    let rates = by_turns(&mut [stepping(&mut many), inserts, stepping(&mut one)], 1.5 * seconds);
    let [steps, raw, alone] = [0, 1, 2].map(|at| median(rates[at].clone()));
    report.plain("PostgreSQL, 16 stations: steps", steps, "/s", format!("{raw:.0} inserts of 16 clients a second"));
    let share = ratios(&rates[0], &rates[1]);
    let row = "PostgreSQL, 16 stations: steps of inserts";
    report.bounded(row, 100.0 * median(share.clone()), "%", Bound::AtLeast(35.0), spread(&share, 100.0));
    let times = ratios(&rates[0], &rates[2]);
    let against = format!("{alone:.0} steps a second of one by turns; {}", spread(&times, 1.0));
    report.bounded("PostgreSQL, 16 stations to one", median(times), "x", Bound::AtLeast(2.0), against);
}

pub fn figures(report: &mut Report, places: &[Place], seconds: f64) {
    for place in places {
        let text = match place.raw() {
            Raw::File(_) => "CREATE TABLE raw (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
            Raw::Server(_) => "CREATE TABLE raw (id BIGSERIAL PRIMARY KEY, bytes BYTEA NOT NULL)",
        };
        place.raw().run(text);
        one_station(report, place, seconds);
        if place.name == "PostgreSQL" {
            many_stations(report, place, seconds);
        }
    }
}
