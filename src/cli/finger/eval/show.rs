//! The figures of an evaluation, for people and in the machine contract.

use super::Row;
use crate::cli::output::Output;
use crate::finger::eval::{AtFmr, Protocol, Rate};
use crate::reason::Lang;
use comfy_table::{CellAlignment, Table, presets};
use serde_json::{Value, json};

/// The table: percent with 95 % intervals.
pub fn print(rows: &[Row], out: &mut Output) {
    let id = out.lang() == Lang::Id;
    let pick = |en: &'static str, indonesian: &'static str| if id { indonesian } else { en }.to_owned();
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY);
    let mut head = vec![String::new(), pick("genuine", "asli"), pick("impostors", "palsu"), "EER %".into()];
    let rates = rows.first().map(|r| r.summary.at.as_slice()).unwrap_or_default();
    head.extend(rates.iter().zip(0..).map(|(at, place)| title(at.as_ref(), place)));
    table.set_header(head);
    for row in rows {
        let s = &row.summary;
        let mut cells = vec![row.name.clone(), s.genuine.to_string(), s.impostors.to_string(), percent(s.eer)];
        cells.extend(s.at.iter().map(|at| at.as_ref().map_or_else(|| "-".to_owned(), claim)));
        table.add_row(cells);
    }
    for column in table.column_iter_mut().skip(1) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    out.line(table.to_string());
    out.line(pick(
        "FNMR in percent with its 95 % interval: fingers drawn again, never narrower than Clopper-Pearson",
        "FNMR dalam persen dengan selang 95 %: jari ditarik ulang, tak lebih sempit daripada Clopper-Pearson",
    ));
    if rows.iter().flat_map(|r| r.summary.at.iter().flatten()).any(|at| at.extrapolated) {
        out.line(pick(
            "* extrapolated: a rate below 3 / impostors cannot be measured with so few comparisons",
            "* ekstrapolasi: laju di bawah 3 / palsu tak dapat diukur dengan perbandingan sesedikit ini",
        ));
    }
}

/// FMR100 and FMR1000 have names.
fn title(at: Option<&AtFmr>, place: usize) -> String {
    match (place, at) {
        (0, _) => "FMR100".into(),
        (1, _) => "FMR1000".into(),
        (_, Some(at)) => format!("FNMR @ {:e}", at.fmr),
        (_, None) => "FNMR".into(),
    }
}

fn claim(at: &AtFmr) -> String {
    format!("{}{}", percent(at.fnmr), if at.extrapolated { " *" } else { "" })
}

fn percent(rate: Rate) -> String {
    format!("{:.2} ({:.2}-{:.2})", 100.0 * rate.value, 100.0 * rate.low, 100.0 * rate.high)
}

/// One row as data of the result; rates are shares, not percent.
pub fn json(row: &Row) -> Value {
    let s = &row.summary;
    json!({
        "name": row.name,
        "protocol": match row.protocol {
            Protocol::Single => "single",
            Protocol::TwoFingers => "two-fingers",
        },
        "genuine": s.genuine,
        "impostors": s.impostors,
        "smallest_fmr": row.curve.smallest_fmr(),
        "eer": rate(s.eer),
        "at": s.at.iter().map(|at| at.as_ref().map(|at| json!({
            "fmr": at.fmr,
            "threshold": at.threshold,
            "fnmr": rate(at.fnmr),
            "extrapolated": at.extrapolated,
        }))).collect::<Vec<_>>(),
    })
}

fn rate(rate: Rate) -> Value {
    json!({"value": rate.value, "low": rate.low, "high": rate.high})
}
