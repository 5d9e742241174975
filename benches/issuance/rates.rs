//! Rates, side by side: stations that take steps, and as many clients that insert a row of the same bytes, by turns in one run.

use super::database::{Place, Raw};
use super::report::{Bound, Report, median};
use super::steps::Station;
use std::sync::Barrier;
use std::time::{Duration, Instant};

/// Turns of each; the figure is the median of their ratios.
const TURNS: usize = 12;

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

/// Steps a second, inserts a second, and the median of their ratios by turn.
fn side_by_side(place: &Place, clients: u32, first: u32, seconds: f64) -> (f64, f64, f64, usize) {
    let mut stations: Vec<_> = (0..clients).map(|n| (place.open(), n)).collect();
    let mut stations: Vec<_> =
        stations.drain(..).map(|(mut store, n)| (Station::new(first + n, store.as_mut()), store)).collect();
    let bytes = stations.first_mut().map_or(0, |(station, store)| station.row_bytes(store.as_mut()));
    let mut steps: Vec<Box<dyn FnMut() + Send + '_>> = Vec::new();
    for (station, store) in &mut stations {
        steps.push(Box::new(move || station.step(store.as_mut())));
    }
    let mut inserts: Vec<_> = (0..clients).map(|_| inserting(place, bytes)).collect();
    let time = Duration::from_secs_f64(seconds / (2 * TURNS) as f64);
    let (mut step_rates, mut insert_rates) = (Vec::new(), Vec::new());
    for turn in 0..TURNS {
        // By turns which is first: what the one leaves to the disk is the other's burden.
        if turn % 2 == 0 {
            step_rates.push(rate(&mut steps, time));
            insert_rates.push(rate(&mut inserts, time));
        } else {
            insert_rates.push(rate(&mut inserts, time));
            step_rates.push(rate(&mut steps, time));
        }
    }
    let ratios = step_rates.iter().zip(&insert_rates).map(|(step, insert)| 100.0 * step / insert).collect();
    (median(step_rates), median(insert_rates), median(ratios), bytes)
}

pub fn figures(report: &mut Report, places: &[Place], seconds: f64) {
    for place in places {
        let text = match place.raw() {
            Raw::File(_) => "CREATE TABLE raw (id INTEGER PRIMARY KEY, bytes BLOB NOT NULL)",
            Raw::Server(_) => "CREATE TABLE raw (id BIGSERIAL PRIMARY KEY, bytes BYTEA NOT NULL)",
        };
        place.raw().run(text);
        let name = place.name;
        let (one, raw, share, bytes) = side_by_side(place, 1, 0, seconds);
        report.plain(format!("{name}, one station: steps"), one, "/s", format!("{raw:.0} inserts of {bytes} B a second"));
        report.bounded(
            format!("{name}, one station: steps of inserts"),
            share,
            "%",
            Bound::AtLeast(50.0),
            "the same settings, by turns",
        );
        if name == "PostgreSQL" {
            let (many, raw, share, _) = side_by_side(place, 16, 100, seconds);
            report.plain("PostgreSQL, 16 stations: steps", many, "/s", format!("{raw:.0} inserts of 16 clients a second"));
            report.bounded("PostgreSQL, 16 stations: steps of inserts", share, "%", Bound::AtLeast(35.0), "16 offices");
            report.bounded(
                "PostgreSQL, 16 stations to one",
                many / one,
                "x",
                Bound::AtLeast(2.0),
                format!("{one:.0} steps a second of one"),
            );
        }
    }
}
