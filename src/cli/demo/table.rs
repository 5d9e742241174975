//! The table at the end of the demonstration, and its data.

use super::Args;
use super::card::{Judged, Made};
use super::fingers::{Compared, Enrolled};
use super::forge::Refused;
use crate::cli::output::Output;
use crate::reason::Lang;
use crate::verify::{CheckName, Decision};
use comfy_table::{ContentArrangement, Table, presets};
use serde_json::{Value, json};

/// The data of the result.
pub(super) fn data(enrolled: &Enrolled, made: &Made, judged: &Judged, compared: &Compared, refused: &Refused) -> Value {
    let wire = made.card["sent_bytes"].as_u64().unwrap_or(0) + made.card["received_bytes"].as_u64().unwrap_or(0);
    json!({
        "captured": enrolled.captured,
        "identified": enrolled.identified,
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
        "holder": compared.holder,
        "stranger": compared.stranger,
        "copied": refused.copied,
        "altered": refused.altered,
    })
}

/// Prints it.
pub(super) fn print(data: &Value, args: &Args, out: &mut Output) {
    let mut table = Table::new();
    table.load_style(presets::UTF8_HORIZONTAL_ONLY).set_content_arrangement(ContentArrangement::Dynamic).set_width(110);
    let lang = out.lang();
    for row in rows(data, lang) {
        table.add_row(row);
    }
    out.line("");
    out.line(table.to_string());
    for check in data["good"]["verdict"]["checks"].as_array().into_iter().flatten() {
        out.line(format!("  {:<15} {:<22} {}", text(&check["result"]), title(&check["name"], lang), text(&check["detail"])));
    }
    out.line(format!("{}: {}", lang.pick("the portrait that was read", "foto yang terbaca"), args.portrait.display()));
    out.line(format!("{} {}", lang.pick("copied card: ", "kartu salinan:"), verdict(&data["copied"], lang)));
    out.line(format!("{} {}", lang.pick("altered card:", "kartu diubah: "), verdict(&data["altered"], lang)));
}

fn rows(data: &Value, lang: Lang) -> Vec<[String; 2]> {
    let row = |en: &str, id: &str, text: String| [lang.pick(en, id).to_owned(), text];
    vec![
        row("captured", "direkam", captured(&data["captured"], lang)),
        row("identified", "dikenali", identified(&data["identified"], lang)),
        row("built", "dibuat", built(data, lang)),
        row("written", "ditulis", written(&data["written"], lang)),
        row("read", "dibaca", read(&data["read"], lang)),
        row("verdict", "putusan", verdict(&data["good"], lang)),
        row("holder", "pemegang", holder(data, lang)),
    ]
}

fn captured(fingers: &Value, lang: Lang) -> String {
    let fingers = fingers.as_array().map_or(&[][..], Vec::as_slice);
    let sum = |of: &str| fingers.iter().filter_map(|f| f[of].as_u64()).sum::<u64>();
    let (count, minutiae) = (fingers.len(), sum("minutiae"));
    let quality = sum("quality") / u64::try_from(count.max(1)).unwrap_or(1);
    match lang {
        Lang::En => format!("{count} fingers, {minutiae} minutiae, mean quality {quality} of 100"),
        Lang::Id => format!("{count} jari, {minutiae} minutiae, mutu rata-rata {quality} dari 100"),
    }
}

fn identified(answers: &Value, lang: Lang) -> String {
    let (first, again) = (text(&answers["first"]), text(&answers["again"]));
    match lang {
        Lang::En => format!("{first}; the same person coming again: {again}"),
        Lang::Id => format!("{first}; orang yang sama datang lagi: {again}"),
    }
}

fn holder(data: &Value, lang: Lang) -> String {
    let (holder, stranger) = (text(&data["holder"]["answer"]), text(&data["stranger"]["answer"]));
    match lang {
        Lang::En => format!("live finger: {holder}; a stranger's: {stranger}, exit {}", data["stranger"]["exit"]),
        Lang::Id => format!("jari langsung: {holder}; jari orang lain: {stranger}, keluar {}", data["stranger"]["exit"]),
    }
}

fn built(data: &Value, lang: Lang) -> String {
    let files = data["built"]["files"].as_array().into_iter().flatten();
    let files: Vec<String> = files.map(|f| format!("{} {}", text(&f["file"]), f["bytes"])).collect();
    let (profile, total, free, files) =
        (text(&data["profile"]), &data["built"]["total"], &data["built"]["free"], files.join(", "));
    match lang {
        Lang::En => format!("{profile}: {total} bytes, {free} free; {files}"),
        Lang::Id => format!("{profile}: {total} bita, sisa {free}; {files}"),
    }
}

fn written(data: &Value, lang: Lang) -> String {
    let (chip, state) = (text(&data["chip"]), text(&data["state"]));
    let (apdus, wire, payload, ms) = (&data["apdus"], &data["wire_bytes"], &data["payload_bytes"], &data["total_ms"]);
    match lang {
        Lang::En => format!(
            "chip {chip}, {apdus} APDUs, {wire} bytes on the wire for {payload} bytes of card, {ms} ms, first tap and read-back \
             included, {state}"
        ),
        Lang::Id => format!(
            "cip {chip}, {apdus} APDU, {wire} bita di kawat untuk {payload} bita kartu, {ms} md, termasuk sentuhan pertama dan \
             baca ulang, {state}"
        ),
    }
}

fn read(data: &Value, lang: Lang) -> String {
    let (apdus, received, ms) = (&data["apdus"], &data["received_bytes"], &data["total_ms"]);
    match lang {
        Lang::En => format!("{apdus} APDUs, {received} bytes received, {ms} ms"),
        Lang::Id => format!("{apdus} APDU, {received} bita diterima, {ms} md"),
    }
}

/// How long the making took, from the first command to the receipt.
fn milliseconds(receipt: &Value) -> i64 {
    receipt["timings"]["steps_ms"].as_array().into_iter().flatten().filter_map(|step| step["ms"].as_i64()).sum()
}

fn verdict(answer: &Value, lang: Lang) -> String {
    let code = &answer["verdict"]["decision"];
    let decision = Decision::ALL.into_iter().find(|d| serde_json::to_value(d).is_ok_and(|d| d == *code));
    let decision = decision.map_or_else(|| text(code), |d| d.text(lang).to_owned());
    let keys = if answer["verdict"]["sample_keys"] == true { lang.pick(", sample keys", ", kunci contoh") } else { "" };
    match answer["reason"].as_str() {
        Some(reason) => format!("{decision} [{reason}, exit {}]", answer["exit"]),
        None => format!("{decision}{keys}"),
    }
}

fn title(name: &Value, lang: Lang) -> String {
    let name = text(name);
    CheckName::ALL.into_iter().find(|n| n.code() == name).map_or(name, |n| n.title(lang).to_owned())
}

fn text(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
