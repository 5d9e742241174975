//! The bodies of the fuzz targets: each takes any bytes and must come back, whatever they are.
//!
//! libFuzzer runs them through `fuzz/fuzz_targets/`, and `cargo test` runs them over every committed input (`tests/fuzz.rs`).
//! They use the crate's public interface alone. A failed `assert!` is a finding, as a panic of the crate is.
#![allow(dead_code)] // a target uses one body

pub mod an2k;
pub mod apdu;
pub mod card_files;
pub mod card_templates;
pub mod certificates;
pub mod channels;
pub mod documents;
pub mod encoding;
pub mod finger_images;
pub mod galleries;
pub mod hostile_card;
pub mod hostile_host;
pub mod image_records;
pub mod input;
pub mod judge;
pub mod lying_card;
pub mod lying_chip;
pub mod minutiae_records;
pub mod networks;
pub mod pair_lists;
pub mod perso_card;
pub mod persons;
pub mod pictures;
pub mod record;
pub mod score_tables;
pub mod service_line;
pub mod status_list;
pub mod templates;
pub mod trust_store;
pub mod wire;
pub mod world;
pub mod wsq;

/// A target's body.
pub type Body = fn(&[u8]);

/// Every target by its name.
pub const ALL: [(&str, Body); 30] = [
    ("an2k", an2k::run),
    ("apdu", apdu::run),
    ("card_files", card_files::run),
    ("card_templates", card_templates::run),
    ("certificates", certificates::run),
    ("channels", channels::run),
    ("documents", documents::run),
    ("encoding", encoding::run),
    ("finger_images", finger_images::run),
    ("galleries", galleries::run),
    ("hostile_card", hostile_card::run),
    ("hostile_host", hostile_host::run),
    ("image_records", image_records::run),
    ("judge", judge::run),
    ("lying_card", lying_card::run),
    ("lying_chip", lying_chip::run),
    ("minutiae_records", minutiae_records::run),
    ("networks", networks::run),
    ("pair_lists", pair_lists::run),
    ("perso_card", perso_card::run),
    ("persons", persons::run),
    ("pictures", pictures::run),
    ("record", record::run),
    ("score_tables", score_tables::run),
    ("service_line", service_line::run),
    ("status_list", status_list::run),
    ("templates", templates::run),
    ("trust_store", trust_store::run),
    ("wire", wire::run),
    ("wsq", wsq::run),
];
