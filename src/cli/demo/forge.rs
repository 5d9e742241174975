//! The attacker's part: a card copied from what it shows, and a card whose portrait was altered.

use super::bench::{Bench, cannot, read};
use super::card::judge;
use crate::cli::output::{Failure, Output};
use crate::lds::file_id::FileId;
use crate::reason::Reason;
use crate::softchip::fixture::{Inside, files_of, key_of};
use crate::softchip::{SoftChip, StateFile};
use crate::verify::Evidence;
use crate::world::system_entropy;
use serde_json::Value;

/// What was answered to each forgery.
#[derive(Debug)]
pub(super) struct Refused {
    pub(super) copied: Value,
    pub(super) altered: Value,
}

/// Makes both forgeries, lays them on the reader and judges them.
pub(super) fn refuse_all(bench: &Bench, out: &mut Output) -> Result<Refused, Failure> {
    let can = String::from_utf8_lossy(&read(&bench.dir.join("can.txt"))?).into_owned();
    out.line(out.lang().pick(
        "-- a copied card: every file that the card shows, on another chip, without its keys",
        "-- kartu salinan: semua berkas yang terlihat, di cip lain, tanpa kuncinya",
    ));
    let copied = present(bench, "copied.state", &copied(bench, &can)?, out)?;
    out.line(out.lang().pick(
        "-- an altered card: the very chip's files and keys, one byte of the portrait changed",
        "-- kartu diubah: berkas dan kunci cip itu sendiri, satu bita fotonya diganti",
    ));
    let altered = present(bench, "altered.state", &altered(bench, &can)?, out)?;
    Ok(Refused { copied, altered })
}

fn present(bench: &Bench, state: &str, inside: &Inside, out: &mut Output) -> Result<Value, Failure> {
    let chip =
        inside.chip(system_entropy()).ok_or_else(|| Failure::new(Reason::InternalError, "the forgery has no possible form"))?;
    StateFile::at(&bench.dir.join(state)).create(&chip)?;
    let served = bench.serve_chip(state, out)?;
    let verdict = judge(bench, &[], out)?;
    bench.take_away(served)?;
    Ok(verdict)
}

/// What whoever held the card for a minute has: the files of a reading.
fn copied(bench: &Bench, can: &str) -> Result<Inside, Failure> {
    let evidence = Evidence::from_json(&read(&bench.dir.join("evidence.json"))?)?;
    // Without a terminal's rights nobody gets at the fingers.
    let seen = evidence.files.keys().filter(|id| **id != FileId::Fingers);
    let files = seen.filter_map(|id| Some((*id, evidence.file(*id)?.to_vec()))).collect();
    let own = genuine(bench)?;
    // The free files can be read by anyone; a copyist takes them along.
    let mut inside = Inside { files, ..Inside::copied(files_of(&own), can) };
    for (id, bytes) in files_of(&own).iter().filter(|(id, _)| matches!(id, FileId::CardAccess | FileId::Dir | FileId::AtrInfo)) {
        inside.files.0.insert(id, bytes.to_vec());
    }
    Ok(inside)
}

/// The genuine chip with another byte in its portrait: only whoever opens chips could make it.
fn altered(bench: &Bench, can: &str) -> Result<Inside, Failure> {
    let own = genuine(bench)?;
    let mut inside = Inside::copied(files_of(&own), can);
    inside.ca_key = key_of(&own, 1);
    inside.aa_key = key_of(&own, 2);
    if let Some(byte) = inside.files.0.get_mut(&FileId::Dg2).and_then(|portrait| portrait.last_mut()) {
        *byte ^= 1;
    }
    Ok(inside)
}

fn genuine(bench: &Bench) -> Result<SoftChip, Failure> {
    let path = bench.dir.join("chip.state");
    std::fs::metadata(&path).map_err(|e| cannot(&path, &e))?;
    Ok(StateFile::at(&path).load(system_entropy())?)
}
