//! The table at the end of the demonstration, and its data.

use super::Args;
use super::card::{Judged, Made};
use super::forge::Refused;
use crate::cli::output::Output;
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

/// The data of the result.
pub(super) fn data(made: &Made, judged: &Judged, refused: &Refused) -> Value {
    let wire = made.card["sent_bytes"].as_u64().unwrap_or(0) + made.card["received_bytes"].as_u64().unwrap_or(0);
    json!({
        "profile": made.image["profile"],
        "built": { "files": made.image["files"], "total": made.image["total"], "free": made.image["free"], "portrait": made.image["portrait"] },
        "written": {
            "chip": made.card["chip"],
            "apdus": made.card["apdus"],
            "wire_bytes": wire,
            "payload_bytes": made.receipt["exchange"]["payload_bytes"],
            "total_ms": milliseconds(&made.receipt),
            "state": made.card["state"],
        },
        "read": judged.reading["timing"],
        "good": judged.verdict,
        "copied": refused.copied,
        "altered": refused.altered,
    })
}

/// Prints it.
pub(super) fn print(data: &Value, args: &Args, out: &mut Output) {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_width(110);
    for row in rows(data) {
        table.add_row(row);
    }
    out.line("");
    out.line(table.to_string());
    for check in data["good"]["verdict"]["checks"].as_array().into_iter().flatten() {
        out.line(format!("  {:<15} {:<22} {}", text(&check["result"]), text(&check["name"]), text(&check["detail"])));
    }
    out.line(format!("the portrait that was read: {}", args.portrait.display()));
    out.line(format!("copied card:  {}", verdict(&data["copied"])));
    out.line(format!("altered card: {}", verdict(&data["altered"])));
}

fn rows(data: &Value) -> Vec<[String; 2]> {
    let files: Vec<String> =
        data["built"]["files"].as_array().into_iter().flatten().map(|f| format!("{} {}", text(&f["file"]), f["bytes"])).collect();
    let (written, read) = (&data["written"], &data["read"]);
    vec![
        [
            "built".into(),
            format!(
                "{}: {} bytes, {} free; {}",
                text(&data["profile"]),
                data["built"]["total"],
                data["built"]["free"],
                files.join(", ")
            ),
        ],
        [
            "written".into(),
            format!(
                "chip {}, {} APDUs, {} bytes on the wire for {} bytes of card, {} ms, first tap and read-back included, {}",
                text(&written["chip"]),
                written["apdus"],
                written["wire_bytes"],
                written["payload_bytes"],
                written["total_ms"],
                text(&written["state"])
            ),
        ],
        ["read".into(), format!("{} APDUs, {} bytes received, {} ms", read["apdus"], read["received_bytes"], read["total_ms"])],
        ["verdict".into(), verdict(&data["good"])],
    ]
}

/// How long the making took, from the first command to the receipt.
fn milliseconds(receipt: &Value) -> i64 {
    receipt["timings"]["steps_ms"].as_array().into_iter().flatten().filter_map(|step| step["ms"].as_i64()).sum()
}

fn verdict(answer: &Value) -> String {
    let decision = text(&answer["verdict"]["decision"]);
    let keys = if answer["verdict"]["sample_keys"] == true { ", sample keys" } else { "" };
    match answer["reason"].as_str() {
        Some(reason) => format!("{decision} [{reason}, exit {}]", answer["exit"]),
        None => format!("{decision}{keys}"),
    }
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
