//! The morning as a table: who came by which procedure, and what became of it; and the day's books.

use super::people::Resident;
use crate::cli::output::Output;
use serde_json::Value;

/// Prints it.
pub fn print(data: &Value, people: &[Resident], out: &mut Output) {
    let lang = out.lang();
    out.line("");
    for resident in people {
        let start = if resident.mass { lang.pick("mass", "massal") } else { lang.pick("regular", "reguler") };
        let holder = if resident.foreign { lang.pick("foreign", "asing") } else { lang.pick("citizen", "WNI") };
        let mode = if resident.home { lang.pick("at home", "di rumah") } else { lang.pick("at the desk", "di kantor") };
        let text = |value: &Value| value.as_str().unwrap_or("-").to_owned();
        let (found, given) = (text(&data["identified"][resident.name]), text(&data["handed_over"][resident.name]));
        out.line(format!("  {:<16} {start:<8} {holder:<8} {mode:<12} {found:<12} {given}", resident.name));
    }
    let told = |value: &Value| value.as_str().unwrap_or("genuine").to_owned();
    out.line(format!("{} {}", lang.pick("the refused card:", "kartu yang ditolak:"), told(&data["destroyed"]["state"])));
    out.line(format!(
        "{} {}",
        lang.pick("the lost card, to a verifier:", "kartu yang hilang, bagi pemeriksa:"),
        told(&data["lost"]["old"])
    ));
    out.line(format!("{} {}", lang.pick("the card in its place:", "kartu penggantinya:"), told(&data["lost"]["new"])));
    out.line(format!(
        "{} {} → {}",
        lang.pick("who claimed another's lost card:", "yang mengaku kehilangan kartu orang lain:"),
        told(&data["impostor"]["answer"]),
        told(&data["impostor"]["state"])
    ));
    out.line(format!(
        "{} {}",
        data["books"]["rows"],
        lang.pick(
            "rows in the audit, every signature counts; the books balance",
            "baris audit, semua tanda tangan sah; pembukuan seimbang"
        )
    ));
}
