//! Pages and reports as the applications grow from ten thousand to a million.

use super::database::{Place, Raw, Server};
use super::report::{Bound, Report, median};
use ektp::finger::eval::chart::{Axis, Chart, Scale, Series, svg};
use ektp::issuance::report::span::day_of;
use ektp::issuance::report::{Span, ageing, daily, duplicates, production, stock};
use ektp::issuance::store::{Cursor, Id, Kind, Office, Page, Store};
use jiff::Timestamp;
use std::time::Instant;

const CHART: &str = "target/issuance-growth.svg";
/// Times that each question is asked.
const ASKED: usize = 7;
/// When the first application began, in microseconds since 1970; each begins a second after the one before.
const BEGAN: i64 = 1_700_000_000_000_000;

/// A number of applications, and the milliseconds that each question took.
struct Point {
    applications: u64,
    questions: Vec<(&'static str, f64)>,
}

/// Applications `from` to `to`, spread over states, 400 offices and time.
fn fill(place: &Place, from: u64, to: u64) {
    let (subject, numbers) = match place.raw() {
        Raw::File(_) => {
            let numbers = "WITH RECURSIVE n(i) AS (SELECT FROM_N UNION ALL SELECT i + 1 FROM n WHERE i + 1 < TO_N)";
            ("randomblob(32)", numbers)
        }
        Raw::Server(_) => ("sha256(i::text::bytea)", "WITH n(i) AS (SELECT * FROM generate_series(FROM_N::bigint, TO_N - 1))"),
    };
    let numbers = numbers.replace("FROM_N", &from.to_string()).replace("TO_N", &to.to_string());
    let mut raw = place.raw();
    raw.run(&format!(
        "{numbers} INSERT INTO application \
         (id, format, state, office, custody, subject, procedure, priority, since, changed, revision) \
         SELECT 'a' || i, 1, CASE i % 10 WHEN 0 THEN 'applied' WHEN 1 THEN 'captured' WHEN 2 THEN 'unique' \
         WHEN 3 THEN 'print-ready' WHEN 4 THEN 'in-personalization' WHEN 5 THEN 'delivered' ELSE 'closed' END, \
         'office-' || (i % 400), 'office-' || (i % 400), {subject}, 'regular-citizen-office', 0, \
         {BEGAN} + i * 1000000, {BEGAN} + i * 1000000 + 7, 5 FROM n"
    ));
    // Of every second a card was made.
    raw.run(&format!(
        "{numbers} INSERT INTO blank (id, format, state, office, custody, type, priority, since, changed, revision) \
         SELECT 'b' || i, 1, CASE i % 20 WHEN 1 THEN 'spoiled' WHEN 3 THEN 'in-stock' ELSE 'made' END, \
         'office-' || (i % 400), 'office-' || (i % 400), 'ektp-80k', 0, {BEGAN} + i * 1000000, {BEGAN} + i * 1000000 + 7, 2 \
         FROM n WHERE i % 2 = 1"
    ));
    raw.run("ANALYZE");
}

/// Rows of the audit of an office on one day: of a thousand cards twenty-five steps each, with days of as many before and after.
const DAY_ROWS: u64 = 25_000;

fn days(place: &Place) {
    let (bytes, numbers) = match place.raw() {
        Raw::File(_) => ("zeroblob(32)", "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < LAST)"),
        Raw::Server(_) => ("sha256('')", "WITH n(i) AS (SELECT * FROM generate_series(1::bigint, LAST))"),
    };
    let numbers = numbers.replace("LAST", &(3 * DAY_ROWS).to_string());
    // A day has 86,400,000,000 microseconds; the first begins at midnight in Jakarta.
    let step = 86_400_000_000 / DAY_ROWS;
    let began = midnight().as_microsecond();
    let state = "CASE i % 4 WHEN 0 THEN 'encoding' WHEN 1 THEN 'encoded' WHEN 2 THEN 'printed' ELSE 'checked' END";
    let statement = "'{\"format\":1,\"job\":\"j' || i || '\",\"part\":0,\"parts\":1,\"office\":\"31.71\",\"kind\":\"card\",\"id\":\"c' || (i / 4) \
                     || '\",\"step\":\"check\",\"at\":\"2026-11-26T01:00:00Z\",\"device\":\"enc-' || (i / 4 % 8) || '\"}'";
    let mut raw = place.raw();
    raw.run(&format!(
        "{numbers} INSERT INTO audit SELECT '31.71', i, 'card', 'c' || (i / 4), i % 4 + 1, '', {state}, {began} + i * {step}, \
         'j' || i, 0, {statement}, '{{}}', {bytes} FROM n"
    ));
    raw.run(&format!("INSERT INTO chain VALUES ('31.71', {}, {bytes})", 3 * DAY_ROWS));
}

/// The first instant of the day before the one that is reported.
fn midnight() -> Timestamp {
    "2026-11-24T17:00:00Z".parse().unwrap()
}

/// The reports as `ektp report` makes them; the day is the middle one of [`days`].
fn reports(store: &mut dyn Store, questions: &mut Vec<(&'static str, f64)>) {
    let day = day_of(midnight()).tomorrow().unwrap();
    let span = Span::days(day, day, None).unwrap();
    let now = midnight();
    questions.push((
        "report: ageing",
        time(&mut || assert!(!ageing::ageing(store, Kind::Application, None, now).unwrap().rows.is_empty())),
    ));
    questions.push(("report: stock", time(&mut || assert_eq!(stock::stock(store, None, None).unwrap().rows.len(), 1))));
    questions.push(("report: duplicates", time(&mut || assert!(duplicates::duplicates(store, &span).is_ok()))));
    questions.push(("report: daily, of 25,000 steps", time(&mut || assert!(daily::daily(store, &span).unwrap().balanced))));
    let stations = |store: &mut dyn Store| production::production(store, &span).unwrap().rows.len();
    questions.push(("report: production, of 25,000 steps", time(&mut || assert_eq!(stations(store), 8))));
}

fn time(asked: &mut dyn FnMut()) -> f64 {
    let once = |asked: &mut dyn FnMut()| {
        let begun = Instant::now();
        asked();
        begun.elapsed().as_secs_f64() * 1_000.0
    };
    median((0..ASKED).map(|_| once(asked)).collect())
}

fn measure(place: &Place, applications: u64) -> Point {
    let mut store: Box<dyn Store> = place.open();
    let when = |n: u64| Timestamp::from_microsecond(BEGAN + i64::try_from(n).unwrap() * 1_000_000).unwrap();
    let middle =
        Some(Cursor { priority: 0, since: when(applications / 2), changed: when(applications / 2), id: Id::parse("a").unwrap() });
    let office = Some(Office::parse("office-2").unwrap());
    let pages = [
        ("page by state", Page { state: Some("print-ready"), ..Page::of(Kind::Application) }),
        ("page by state, in the middle", Page { state: Some("print-ready"), after: middle, ..Page::of(Kind::Application) }),
        ("page by office", Page { office: office.clone(), ..Page::of(Kind::Application) }),
        ("page by office and state", Page { office, state: Some("unique"), ..Page::of(Kind::Application) }),
        ("page by age", Page { before: Some(when(applications / 2)), ..Page::of(Kind::Application) }),
    ];
    let mut questions = Vec::new();
    for (name, page) in pages {
        let expected = if page.office.is_some() { (applications / 400).min(100) } else { 100 };
        let mut found = 0;
        questions.push((name, time(&mut || found = store.page(&page).unwrap().len())));
        assert!(found > 0 && found as u64 <= expected.max(100), "{name}: {found}");
    }
    let mut things = 0;
    questions.push((
        "report: states, and the oldest of each",
        time(&mut || {
            things = store.counts(Kind::Application).unwrap().iter().map(|count| count.things).sum();
        }),
    ));
    assert_eq!(things, applications);
    reports(store.as_mut(), &mut questions);
    Point { applications, questions }
}

fn resident() -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap_or_default();
    line.split_whitespace().nth(1).and_then(|kib| kib.parse::<f64>().ok()).unwrap_or_default() / 1_024.0
}

/// The figures; what the plot has of them.
pub fn figures(report: &mut Report, server: &Option<Server>, applications: u64) -> Vec<Series> {
    let mut places = vec![Place::file()];
    places.extend(server.as_ref().map(Server::database));
    let mut series = Vec::new();
    for place in &places {
        let (mut points, mut filled) = (Vec::new(), 0);
        let mut before = 0.0;
        days(place);
        for size in [10_000, 100_000].into_iter().filter(|size| *size < applications).chain([applications]) {
            fill(place, filled, size);
            filled = size;
            points.push(measure(place, size));
            if points.len() == 1 {
                before = resident();
            }
        }
        let last = points.last().unwrap();
        for (name, ms) in &last.questions {
            report.bounded(
                format!("{}, {name}", place.name),
                *ms,
                "ms",
                Bound::AtMost(1_000.0),
                format!("{} applications", last.applications),
            );
        }
        let more = resident() - before;
        report.bounded(
            format!("{}, memory beyond that of 10,000", place.name),
            more,
            "MiB",
            Bound::AtMost(16.0),
            "peak of this process",
        );
        for at in [0, 5] {
            let name = format!("{}: {}", place.name, last.questions[at].0);
            series.push(Series { name, points: points.iter().map(|p| (p.applications as f64, p.questions[at].1)).collect() });
        }
    }
    series
}

/// The plot of all that grew.
pub fn plot(series: Vec<Series>, applications: f64) -> std::io::Result<()> {
    if series.is_empty() { Ok(()) } else { std::fs::write(CHART, svg(&chart(series, applications))) }
}

fn chart(series: Vec<Series>, last: f64) -> Chart {
    let tick = |v: f64, name: &str| (v, name.to_owned());
    let counts = [(1e4, "10,000"), (1e5, "100,000"), (1e6, "1 million")];
    let times = [(0.1, "0.1"), (1.0, "1"), (10.0, "10"), (100.0, "100"), (1_000.0, "1,000")];
    Chart {
        title: "Pages and reports as applications grow".to_owned(),
        x: Axis {
            title: "applications".to_owned(),
            scale: Scale::Log,
            range: (1e4, last.max(2e4)),
            ticks: counts.into_iter().filter(|p| p.0 <= last).map(|(v, n)| tick(v, n)).collect(),
        },
        y: Axis {
            title: "milliseconds".to_owned(),
            scale: Scale::Log,
            range: (0.1, 1_000.0),
            ticks: times.into_iter().map(|(v, n)| tick(v, n)).collect(),
        },
        series,
    }
}
