//! Days as a picture: how many applications were captured, cards finished, handed over and failed on each, as SVG.

use super::span::day_of;
use super::{Cell, ReportError, Span, Table};
use crate::issuance::application::State as Application;
use crate::issuance::card::State as Card;
use crate::issuance::names::Named as _;
use crate::issuance::store::{Kind, Row, Store};
use jiff::civil::Date;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// What is counted of a day: name, colour (told apart by the colour-blind), title in English and Indonesian.
const SERIES: [(&str, &str, [&str; 2]); 4] = [
    ("captured", "#0072b2", ["captured", "perekaman"]),
    ("finished", "#009e73", ["cards finished", "kartu selesai"]),
    ("handed-over", "#e69f00", ["handed over", "diserahkan"]),
    ("failed", "#d55e00", ["spoiled, quarantined, refused, missing", "rusak, karantina, ditolak, hilang"]),
];

/// Counts of every day of a time, those on which nothing happened too.
///
/// # Errors
/// [`ReportError`].
pub fn days(store: &mut dyn Store, span: &Span) -> Result<Table, ReportError> {
    let mut days: BTreeMap<Date, [u64; SERIES.len()]> = BTreeMap::new();
    let (mut day, end) = (day_of(span.from), span.until);
    while super::span::begins(day)? < end {
        days.insert(day, [0; SERIES.len()]);
        day = day.tomorrow().map_err(|_| ReportError::Time)?;
    }
    span.each(store, false, |row, within| {
        let Some(series) = series_of(row).filter(|_| within) else { return };
        let Ok(at) = jiff::Timestamp::from_microsecond(row.at) else { return };
        if let Some(count) = days.get_mut(&day_of(at)).and_then(|counts| counts.get_mut(series)) {
            *count += 1;
        }
    })?;
    let mut columns = vec!["day"];
    columns.extend(SERIES.map(|(name, ..)| name));
    let mut table = Table::new("days", &columns);
    for (day, counts) in days {
        let mut row = vec![Cell::text(day)];
        row.extend(counts.map(Cell::Number));
        table.rows.push(row);
    }
    Ok(table)
}

fn series_of(row: &Row) -> Option<usize> {
    match row.kind {
        Kind::Application if row.now == Application::Captured.name() => Some(0),
        Kind::Card => match Card::of_name(&row.now)? {
            Card::Checked => Some(1),
            Card::Active if row.was == Card::Waiting.name() => Some(2),
            Card::Spoiled | Card::Quarantined | Card::Refused | Card::Missing => Some(3),
            _ => None,
        },
        _ => None,
    }
}

const WIDTH: f64 = 900.0;
const HEIGHT: f64 = 420.0;
const LEFT: f64 = 60.0;
const TOP: f64 = 30.0;
const BOTTOM: f64 = 70.0;

/// The days as a picture, with a line for each of what is counted; `indonesian` says in which language.
#[must_use]
pub fn svg(days: &Table, indonesian: bool) -> String {
    let number = |cell: Option<&Cell>| if let Some(Cell::Number(n)) = cell { *n } else { 0 };
    let most = days.rows.iter().flat_map(|row| (1..=SERIES.len()).map(|at| number(row.get(at)))).max().unwrap_or_default();
    let top = round_up(most.max(1));
    let x =
        |at: usize| LEFT + (WIDTH - LEFT - 20.0) * as_f64(at as u64) / as_f64(days.rows.len().saturating_sub(1).max(1) as u64);
    let y = |n: u64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - as_f64(n) / as_f64(top));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#fff\"/>\n"
    );
    for n in [0, top / 2, top] {
        let at = y(n);
        let _ = writeln!(out, "<path d=\"M{LEFT} {at:.1}H{:.1}\" stroke=\"#ccc\"/>", WIDTH - 20.0);
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{n}</text>", LEFT - 6.0, at + 4.0);
    }
    let ends = [(0, "start"), (days.rows.len().saturating_sub(1), "end")];
    for (at, anchor) in ends {
        let day = days.rows.get(at).and_then(|row| row.first()).map(ToString::to_string).unwrap_or_default();
        let _ =
            writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"{anchor}\">{day}</text>", x(at), HEIGHT - BOTTOM + 18.0);
    }
    for (at, (_, colour, titles)) in SERIES.iter().enumerate() {
        let points: Vec<String> =
            days.rows.iter().enumerate().map(|(day, row)| format!("{:.1},{:.1}", x(day), y(number(row.get(at + 1))))).collect();
        let _ = writeln!(out, "<polyline fill=\"none\" stroke=\"{colour}\" stroke-width=\"2\" points=\"{}\"/>", points.join(" "));
        let (left, title) = (LEFT + 200.0 * as_f64(at as u64), titles.get(usize::from(indonesian)).copied().unwrap_or_default());
        let _ = writeln!(out, "<rect x=\"{left:.1}\" y=\"{:.1}\" width=\"12\" height=\"12\" fill=\"{colour}\"/>", HEIGHT - 34.0);
        let _ = writeln!(out, "<text x=\"{:.1}\" y=\"{:.1}\">{title}</text>", left + 18.0, HEIGHT - 24.0);
    }
    out.push_str("</svg>\n");
    out
}

/// An even number that is not lower, with one leading digit or two.
const fn round_up(n: u64) -> u64 {
    let mut step = 1_u64;
    while n / step >= 20 {
        step = step.saturating_mul(10);
    }
    let whole = n.div_ceil(step).saturating_mul(step);
    if whole % 2 == 0 { whole } else { whole.saturating_add(step) }
}

#[allow(clippy::cast_precision_loss)] // Counts of a picture: beyond 2^53 a pixel does not show it.
const fn as_f64(n: u64) -> f64 {
    n as f64
}
