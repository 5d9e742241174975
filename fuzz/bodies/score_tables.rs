//! Scores of any matcher: read, put into the table of a set, and summed up.

use ektp::finger::eval::{Dataset, Protocol, Table, parse_scores, summarize, trials};

/// Four fingers in two impressions.
const FILES: [(&str, &str); 8] = [
    ("s", "1_1.png"),
    ("s", "1_2.png"),
    ("s", "2_1.png"),
    ("s", "2_2.png"),
    ("s", "3_1.png"),
    ("s", "3_2.png"),
    ("s", "4_1.png"),
    ("s", "4_2.png"),
];

pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let Ok(scores) = parse_scores(text) else { return };
    let data = Dataset::of_files(FILES).unwrap();
    let Some(set) = data.sets.first() else { return };
    let mut table = Table::new(set);
    for score in &scores {
        if table.put(score.probe, score.reference, score.score) == Ok(true) {
            assert!(table.get(score.probe, score.reference).is_some());
        }
    }
    // What is missing is given, so that the figures are reached; what is there already is refused, and stays.
    for (f, i, _) in set.impressions() {
        for (g, j, _) in set.impressions() {
            let _ = table.put((f, i), (g, j), f64::from(u8::from(f == g)));
        }
    }
    for protocol in [Protocol::Single, Protocol::TwoFingers] {
        if let Ok(trials) = trials(&[(set, &table)], protocol) {
            let _ = summarize(&trials, &[0.1]);
        }
    }
}
