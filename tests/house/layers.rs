//! No room imports one above it (ARCHITECTURE.md, "Layers").

use crate::source::all;

/// Lowest first; rooms of one row may not import each other, save where `WITHIN` says so.
const LAYERS: &[&[&str]] = &[
    &["reason", "limits", "secret", "world", "durable", "raster", "crypto", "skipped"],
    &["record", "finger"],
    &["lds"],
    &["pki"],
    &["chip"],
    &["softchip", "verify", "afis"],
    &["read"],
    &["perso"],
    &["issuance"],
    &["facade"],
    &["cli"],
];

/// Imports inside one row, from → to.
const WITHIN: &[(&str, &str)] = &[("record", "finger"), ("world", "crypto")];

fn level(room: &str) -> Option<usize> {
    LAYERS.iter().position(|row| row.contains(&room))
}

fn imports(code: &str) -> Vec<String> {
    let mut rooms: Vec<String> = code
        .lines()
        .filter(|l| !l.trim_start().starts_with("//"))
        .flat_map(|l| l.split("crate::").skip(1))
        .map(|rest| rest.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect())
        .collect();
    rooms.sort_unstable();
    rooms.dedup();
    rooms
}

#[test]
fn no_room_imports_one_above_it() {
    let mut wrong = Vec::new();
    for source in all().iter().filter(|s| s.path.starts_with("src/")) {
        let room = source.room();
        let Some(own) = level(room) else { continue };
        for other in imports(&source.code) {
            let Some(theirs) = level(&other) else { continue };
            let base = own == 0 && theirs == 0;
            let allowed = theirs < own || room == other || base || WITHIN.contains(&(room, other.as_str()));
            if !allowed {
                wrong.push(format!("{} imports {other}", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn the_judge_knows_neither_ports_nor_the_software_chip() {
    let wrong: Vec<String> = all()
        .iter()
        .filter(|s| {
            s.room() == "verify"
                && (s.code.contains("chip::port") || s.code.contains("softchip") || s.code.contains("chip::link"))
        })
        .map(|s| s.path.clone())
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn protocols_do_no_io() {
    let banned = ["std::net", "std::fs", "std::thread", "pcsc::", "socket2", "chip::port", "link::"];
    let wrong: Vec<String> = all()
        .iter()
        .filter(|s| {
            s.path.starts_with("src/chip/")
                && !s.path.contains("/port")
                && !s.path.ends_with("/mod.rs")
                && !s.path.ends_with("/link.rs")
                && !s.path.ends_with("/channel.rs")
        })
        .flat_map(|s| banned.iter().filter(|b| s.code.contains(**b)).map(|b| format!("{} uses {b}", s.path)).collect::<Vec<_>>())
        .collect();
    assert_eq!(wrong, Vec::<String>::new());
}
