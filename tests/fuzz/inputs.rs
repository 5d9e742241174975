//! The committed inputs, and that none of them breaks anything.

use crate::bodies::{ALL, Body};
use crate::seeds::seeds;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

/// Longest time that one input may take here, where nothing is optimized and the machine is shared.
const PATIENCE: Duration = Duration::from_secs(60);

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz")
}

/// The files of a folder by name; none if there is no such folder.
fn files(dir: &Path) -> BTreeMap<String, Vec<u8>> {
    let entries = std::fs::read_dir(dir).into_iter().flatten().flatten();
    entries.map(|e| (e.file_name().to_string_lossy().into_owned(), std::fs::read(e.path()).unwrap())).collect()
}

fn survive(what: &str, target: &str, body: Body, inputs: &BTreeMap<String, Vec<u8>>) {
    for (name, bytes) in inputs {
        let started = Instant::now();
        body(bytes);
        assert!(started.elapsed() < PATIENCE, "{what}/{target}/{name} took {:?}", started.elapsed());
    }
}

#[test]
fn every_seed_comes_back() {
    for (target, body) in ALL {
        survive("seeds", target, body, &seeds(target));
    }
}

#[test]
fn what_was_found_once_stays_mended() {
    let found = root().join("found");
    for entry in std::fs::read_dir(&found).into_iter().flatten().flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        assert!(ALL.iter().any(|(target, _)| *target == name), "{name} is no target");
    }
    for (target, body) in ALL {
        survive("found", target, body, &files(&found.join(target)));
    }
}

#[test]
fn every_target_has_its_entrance_and_its_line_in_the_table() {
    let manifest = std::fs::read_to_string(root().join("Cargo.toml")).unwrap();
    let table = std::fs::read_to_string(root().join("../docs/fuzzing.md")).unwrap();
    for (target, _) in ALL {
        assert!(manifest.contains(&format!("path = \"fuzz_targets/{target}.rs\"")), "{target} in fuzz/Cargo.toml");
        let entrance = std::fs::read_to_string(root().join(format!("fuzz_targets/{target}.rs"))).unwrap();
        assert!(entrance.contains(&format!("bodies::{target}::run(data)")), "{target}'s entrance");
        assert!(table.contains(&format!("| `{target}` |")), "{target} in docs/fuzzing.md");
    }
    let entrances = std::fs::read_dir(root().join("fuzz_targets")).unwrap().count();
    assert_eq!(entrances, ALL.len(), "an entrance without a body");
}

/// A target that refuses everything at the door would survive everything: what is honest gets through each of them.
#[test]
fn honest_inputs_reach_the_innermost_room() {
    use crate::bodies::{galleries, hostile_card, judge, lying_card, lying_chip, perso_card, status_list};
    use ektp::afis::sealed::SealedError;
    use ektp::perso::Outcome;
    use ektp::verify::Decision;
    for flags in [0, 2, 4, 6, 8] {
        assert_eq!(hostile_card::outcome(&[flags, 0]), Some(Decision::Genuine), "{flags}");
    }
    assert_eq!(judge::outcome(&[]), Some(Decision::Genuine));
    for flags in [0, 1, 2, 3] {
        assert_eq!(lying_card::outcome(&[flags]), Some(Decision::Genuine), "{flags}");
    }
    let [first, second] = perso_card::outcome(&[]).unwrap();
    assert!(matches!((&first, &second), (Ok(Outcome::Issued(_)), Ok(Outcome::Issued(_)))), "{first:?}");
    let (issued, opened) = lying_chip::outcome(&[]).unwrap();
    assert!(matches!(issued, Ok(Outcome::Issued(_))) && opened > 20, "{opened} answers under the channel: {issued:?}");
    assert_eq!([galleries::outcome(&[0]), galleries::outcome(&[1])], [Some(Ok(2)), Some(Ok(2))]);
    // A byte of the log that is bent, and the logs of two times exchanged.
    assert_eq!(galleries::outcome(&[0, 1, 0, 90, 4]), Some(Err(SealedError::LogAltered(0))));
    assert_eq!(galleries::outcome(&[3]), Some(Ok(2)), "the log that the snapshot holds already");
    assert_eq!(galleries::outcome(&[2]), Some(Err(SealedError::RolledBack)));
    for (name, bytes) in seeds("status_list") {
        assert_eq!(status_list::outcome(&bytes), Some(()), "{name}");
    }
}

/// `EKTP_WRITE_SEEDS=1 cargo test --test fuzz` writes `fuzz/seeds/`, where a campaign begins.
#[test]
fn seeds_are_written_on_demand() {
    if std::env::var_os("EKTP_WRITE_SEEDS").is_none() {
        return;
    }
    for (target, _) in ALL {
        let dir = root().join("seeds").join(target);
        std::fs::create_dir_all(&dir).unwrap();
        for (name, bytes) in seeds(target) {
            std::fs::write(dir.join(name), bytes).unwrap();
        }
    }
}
