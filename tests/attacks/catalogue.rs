//! The catalogue: every id of families C, S and T has a test here, a named test elsewhere, or a reason to be skipped.

/// Families and how many ids each has.
const FAMILIES: [(char, usize); 3] = [('c', 12), ('s', 14), ('t', 14)];

/// Ids whose test lies beside the code that it attacks: file, and the name of the test.
const ELSEWHERE: [(&str, &str, &str); 4] = [
    ("s11", "src/chip/scp03/tests.rs", "fn a_replayed_or_dropped_command_is_found"),
    ("s11", "src/chip/scp03/tests.rs", "fn the_host_refuses_by_name"),
    ("s12", "tests/vectors/handshakes.rs", "fn pace_with_leading_zeros"),
    ("s12", "tests/vectors/handshakes.rs", "fn chip_authentication_with_leading_zeros"),
];

/// What a program cannot see, and why. Parts of tested ids stand here too, with a word for the part.
const SKIPPED: [(&str, &str); 5] = [
    ("c06 two chips at once", "a reader's anticollision shows PC/SC one chip; the second one taking over is tested"),
    ("c12 printed face", "no program here sees the face; what is signed on the chip is compared"),
    ("s09 equal time", "time is measured on hardware by `reader qualify`; equal answers are tested"),
    ("emrtd C7 one key in two cards", "uniqueness of keys is held by the signer's register, not by a reader"),
    ("s06 oracle timing", "the MAC is checked before anything is decrypted, which is tested; no padding is seen without it"),
];

fn sources() -> String {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/attacks");
    let files = std::fs::read_dir(dir).unwrap().map(|entry| std::fs::read_to_string(entry.unwrap().path()).unwrap());
    files.collect()
}

#[test]
fn every_id_is_tested_or_skipped_for_a_reason() {
    let text = sources();
    let ids = FAMILIES.iter().flat_map(|(family, count)| (1..=*count).map(move |n| format!("{family}{n:02}")));
    let covered = |id: &String| text.contains(&format!("fn {id}_")) || ELSEWHERE.iter().any(|(e, ..)| e == id);
    let missing: Vec<String> = ids.filter(|id| !covered(id)).collect();
    assert_eq!(missing, Vec::<String>::new());
    assert!(SKIPPED.iter().all(|(_, reason)| reason.len() > 20));
}

#[test]
fn tests_elsewhere_are_where_they_are_said_to_be() {
    for (id, file, name) in ELSEWHERE {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(name), "{id}: {name} in {file}");
    }
}
