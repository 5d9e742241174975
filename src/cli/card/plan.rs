//! `ektp card plan`: bytes per file against the chip.

use super::super::output::{Failure, Outcome, Output};
use super::input::Order;
use crate::lds::build::{Built, Numbers};
use crate::lds::file_id::FileId;
use crate::lds::plan::{RECOMMENDED_PORTRAIT, Size};
use crate::reason::Lang;
use crate::world::system_entropy;
use serde_json::{Value, json};

/// Options of `card plan`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    order: Order,
}

/// Runs the verb. Without a record the sample citizen is planned.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let profile = args.order.profile()?;
    let record = args.order.record(Some(&profile), out)?;
    let built = args.order.build(&record, &profile, Numbers::draw(&record, &profile, &mut system_entropy()))?;
    print(&built, out);
    let mut data = describe(&built);
    if let Some(object) = data.as_object_mut() {
        object.insert("sample".into(), json!(args.order.record.is_none()));
    }
    Ok(Outcome::yes(data))
}

/// The plan as data of a result.
pub fn describe(built: &Built) -> Value {
    let plan = &built.plan;
    json!({
        "profile": plan.profile,
        "face": plan.face,
        "passwords": plan.passwords,
        "capacity": plan.capacity,
        "internals": plan.internals,
        "files": plan.rows,
        "total": plan.total(),
        "free": plan.free(),
        "portrait": built.portrait,
        "signature": built.signature,
        "prints": built.prints,
        "below_recommended_portrait": plan.portrait_below_recommended(),
    })
}

/// The plan as a table for people.
pub fn print(built: &Built, out: &mut Output) {
    let plan = &built.plan;
    let id = out.lang() == Lang::Id;
    let pick = |en: &'static str, indonesian: &'static str| if id { indonesian } else { en };
    out.line(format!("{}: {}", pick("profile", "profil"), plan.profile));
    for row in &plan.rows {
        let note = match row.size {
            Size::Reserved => pick("reserved", "dicadangkan"),
            Size::Known => pick("after key generation", "setelah kunci dibuat"),
            _ if row.bytes > row.budget && row.file != FileId::Dg2 => pick("over its budget", "melebihi anggarannya"),
            _ => "",
        };
        out.line(format!("  {:<16}{:>7}  {note}", row.file.name(), row.bytes).trim_end());
    }
    out.line(format!("  {:<16}{:>7}", pick("internals", "internal"), plan.internals));
    out.line(format!("  {:<16}{:>7} / {} ({} {})", "=", plan.total(), plan.capacity, plan.free(), pick("free", "sisa")));
    let pictures = [(pick("portrait", "foto"), built.portrait), (pick("signature", "tanda tangan"), built.signature)];
    let prints = built.prints.iter().map(|print| (pick("print", "sidik jari"), *print));
    for (name, picture) in pictures.into_iter().chain(prints) {
        let size = format!("{} × {}", picture.width, picture.height);
        out.line(format!("{name}: {size}, {} bytes, SSIM {:.3}", picture.bytes, picture.ssim));
    }
    if plan.portrait_below_recommended() {
        let text = pick("the portrait is below the size that ICAO recommends", "foto di bawah ukuran anjuran ICAO");
        out.line(format!("! {text} ({RECOMMENDED_PORTRAIT} bytes)"));
    }
    for printed in &plan.passwords {
        out.line(format!("{} {}: {}", pick("password", "sandi"), printed.password.name(), printed.place));
    }
}
