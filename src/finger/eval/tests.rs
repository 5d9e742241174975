//! Rates, intervals and protocols against outcomes worked out by hand.

use super::interval::{clopper_pearson, rate, redraw};
use super::*;
use crate::reason::{Reason, Refusal};

const GENUINE: [f64; 4] = [3.0, 5.0, 7.0, 9.0];
const IMPOSTOR: [f64; 5] = [0.0, 1.0, 2.0, 4.0, 6.0];

fn close(a: f64, b: f64) -> bool {
    (a - b).abs() < 1e-6
}

#[test]
fn both_errors_at_every_threshold() {
    let curve = Trials::of_scores(&GENUINE, &IMPOSTOR).unwrap().curve();
    let errors: Vec<(f64, u64, u64)> =
        curve.points().iter().map(|p| (p.threshold, p.false_non_matches, p.false_matches)).collect();
    let worked = [
        (0.0, 0, 5),
        (1.0, 0, 4),
        (2.0, 0, 3),
        (3.0, 0, 2),
        (4.0, 1, 2),
        (5.0, 1, 1),
        (6.0, 2, 1),
        (7.0, 2, 0),
        (9.0, 3, 0),
        (f64::INFINITY, 4, 0),
    ];
    assert_eq!(errors, worked);
}

#[test]
fn the_equal_error_rate_is_that_of_fvc2000() {
    // Around the crossing: at 4 FNMR 1/4, FMR 2/5; at 5 FNMR 1/4, FMR 1/5. The sum is smaller at 5: (1/4 + 1/5) / 2.
    assert!(close(Trials::of_scores(&GENUINE, &IMPOSTOR).unwrap().curve().eer(), 0.225));
    // Apart: no error at all. Ties: a genuine and an impostor score of 1 are both matches at 1.
    assert!(close(Trials::of_scores(&[2.0, 3.0], &[0.0, 1.0]).unwrap().curve().eer(), 0.0));
    assert!(close(Trials::of_scores(&[1.0, 1.0], &[1.0, 0.0]).unwrap().curve().eer(), 0.25));
    // The wrong way round: at 1 the genuine does not match and the impostor does.
    assert!(close(Trials::of_scores(&[0.0], &[1.0]).unwrap().curve().eer(), 1.0));
}

#[test]
fn fnmr_is_the_lowest_that_the_fmr_allows() {
    let curve = Trials::of_scores(&GENUINE, &IMPOSTOR).unwrap().curve();
    let at = |fmr| curve.at_fmr(fmr).map(|p| (p.threshold, curve.fnmr(p)));
    assert_eq!(at(0.4), Some((3.0, 0.0)));
    assert_eq!(at(0.2), Some((5.0, 0.25)));
    assert_eq!(at(0.19), Some((7.0, 0.5)));
    assert!(close(curve.fnmr_at_threshold(4.5), 0.25) && close(curve.fmr_at_threshold(4.5), 0.2));
    assert!(close(curve.fnmr_at_threshold(10.0), 1.0) && close(curve.fmr_at_threshold(10.0), 0.0));
}

#[test]
fn no_rate_below_three_over_the_impostors_is_claimed() {
    let curve = Trials::of_scores(&GENUINE, &IMPOSTOR).unwrap().curve();
    assert_eq!(curve.claim_at_fmr(0.6).unwrap().threshold.to_bits(), 2.0f64.to_bits());
    let refused = curve.claim_at_fmr(0.5).unwrap_err();
    assert_eq!(refused, EvalError::BeyondEvidence { asked: 0.5, smallest: 0.6, impostors: 5 });
    assert_eq!(refused.reason(), Reason::CouldNotDecide);
    assert_eq!(curve.claim_at_fmr(0.0), Err(EvalError::BadRate));
    assert_eq!(curve.claim_at_fmr(1.0), Err(EvalError::BadRate));
    assert_eq!(curve.claim_at_fmr(f64::NAN), Err(EvalError::BadRate));
}

#[test]
fn beyond_the_evidence_the_tail_is_drawn_on_and_says_so() {
    // The highest 30 of 1,000 lie 1 above their foot: e-folding 1, so FMR 1e-4 lies ln(0.03 / 1e-4) above it.
    let impostors: Vec<f64> = (0..1_000).map(|i| if i < 30 { 1.0 } else { 0.0 }).collect();
    let genuine = [5.0, 5.7, 5.71, 6.0];
    let summary = summarize(&Trials::of_scores(&genuine, &impostors).unwrap(), &[0.01, 1e-4]).unwrap();
    let [Some(measured), Some(drawn)] = summary.at[..] else { panic!("{:?}", summary.at) };
    assert_eq!((measured.extrapolated, measured.threshold.to_bits()), (false, 5.0f64.to_bits()));
    assert!(close(measured.fnmr.value, 0.0));
    assert!(drawn.extrapolated && close(drawn.threshold, 300f64.ln()));
    assert!(close(drawn.fnmr.value, 0.5));
    let few = summarize(&Trials::of_scores(&genuine, &impostors[..99]).unwrap(), &[0.1, 1e-4]).unwrap();
    assert!(few.at[0].is_some_and(|at| !at.extrapolated));
    assert_eq!(few.at[1], None, "99 scores have no tail");
}

#[test]
fn scores_that_cannot_be_judged_are_refused() {
    assert_eq!(Trials::of_scores(&[], &IMPOSTOR).unwrap_err(), EvalError::NoGenuine);
    assert_eq!(Trials::of_scores(&GENUINE, &[]).unwrap_err(), EvalError::NoImpostor);
    let refused = Trials::of_scores(&GENUINE, &[0.0, f64::NAN]).unwrap_err();
    assert_eq!(refused, EvalError::NotANumber { index: 5 });
    assert_eq!(refused.reason(), Reason::InputInvalid);
    let trials = Trials::of_scores(&GENUINE, &IMPOSTOR).unwrap();
    assert_eq!(summarize(&trials, &[2.0]).unwrap_err(), EvalError::BadRate);
    assert_eq!(format!("{trials:?}"), "Trials(4 genuine, 5 impostors)");
}

#[test]
fn the_exact_binomial_interval_is_that_of_clopper_and_pearson() {
    // No error in n: 1 - 0.025^(1/n). All: 0.025^(1/n). The others are published values (R, binom.test).
    for (errors, n, low, high) in [
        (0.0, 300.0, 0.0, 1.0 - 0.025f64.powf(1.0 / 300.0)),
        (10.0, 10.0, 0.025f64.powf(0.1), 1.0),
        (1.0, 10.0, 0.002_528_579, 0.445_016_1),
        (5.0, 10.0, 0.187_086_0, 0.812_914_0),
        (50.0, 100.0, 0.398_321_1, 0.601_678_9),
    ] {
        let found = clopper_pearson(errors, n);
        assert!(close(found.0, low) && close(found.1, high), "{errors} of {n}: {found:?}");
    }
}

/// Fingers 0 to 3, the first two of one set, the others of another; each with one genuine and one impostor comparison.
fn fingers() -> Trials {
    let genuine = (0..4).map(|f| Trial::new(if f == 0 { 0.0 } else { 10.0 }, &[f])).collect();
    let impostor = vec![Trial::new(1.0, &[0, 1]), Trial::new(2.0, &[2, 3])];
    Trials::new(genuine, impostor, vec![0, 0, 1, 1]).unwrap()
}

#[test]
fn a_comparison_counts_as_often_as_its_fingers_are_drawn() {
    let curve = fingers().redrawn(&[2, 0, 1, 1]);
    // Genuine: twice finger 0 (a miss at 2), once fingers 2 and 3; the impostor pair 0, 1 is gone.
    let at = curve.at_fmr(0.0).unwrap();
    assert_eq!((at.threshold.to_bits(), at.false_non_matches, at.false_matches), (10.0f64.to_bits(), 2, 0));
    assert!(close(curve.fnmr(at), 0.5));
    assert!(!fingers().redrawn(&[2, 0, 2, 0]).is_usable(), "no two fingers are left to compare");
}

#[test]
fn intervals_come_from_the_fingers_and_are_never_narrower_than_the_binomial_one() {
    let metric = |c: &Curve| c.at_fmr(0.0).map_or(1.0, |p| c.fnmr(p));
    let drawn = redraw(&fingers(), &[&metric]);
    // Fingers 0 and 1 are each drawn once in half of the draws, and an impostor pair is needed: with the pair 2, 3 in half of them.
    // Finger 0 is drawn 0, 1 or 2 times: FNMR 0, 1/4 or 1/2.
    assert!(drawn[0].iter().all(|v| [0.0, 0.25, 0.5].iter().any(|k| close(*v, *k))));
    assert!(drawn[0].len() > 700 && drawn[0].len() < 800, "three draws in four hold impostors: {}", drawn[0].len());
    assert_eq!(drawn, redraw(&fingers(), &[&metric]), "seeded");
    let ends = rate(0.25, 4, &drawn[0]);
    let exact = clopper_pearson(1.0, 4.0);
    assert!(close(ends.low, 0.0) && close(ends.high, exact.1.max(0.5)), "{ends:?}");
    let alone = rate(0.0, 1_120, &[]);
    assert!(close(alone.high, 1.0 - 0.025f64.powf(1.0 / 1_120.0)), "no error in 1,120 is not 'none': {alone:?}");
}

fn square(fingers: u32, impressions: u32) -> Dataset {
    let names: Vec<String> = (1..=fingers).flat_map(|f| (1..=impressions).map(move |i| format!("{f}_{i}.png"))).collect();
    Dataset::of_files(names.iter().map(|n| ("one", n.as_str()))).unwrap()
}

fn filled(set: &Set, score: impl Fn((u32, u32), (u32, u32)) -> f64) -> Table {
    let mut table = Table::new(set);
    let all: Vec<(u32, u32)> = set.impressions().map(|(f, i, _)| (f, i)).collect();
    for (at, a) in all.iter().enumerate() {
        for b in &all[at + 1..] {
            assert_eq!(table.put(*b, *a, score(*a, *b)), Ok(true));
        }
    }
    table
}

#[test]
fn ten_fingers_in_eight_impressions_make_the_stated_numbers() {
    let data = square(10, 8);
    let table = filled(&data.sets[0], |a, b| if a.0 == b.0 { 1.0 } else { 0.0 });
    let sets: Vec<(&Set, &Table)> = vec![(&data.sets[0], &table); 4];
    let single = trials(&sets[..1], Protocol::Single).unwrap();
    assert_eq!((single.genuine(), single.impostors()), (280, 2_880));
    let pooled = trials(&sets, Protocol::Single).unwrap();
    assert_eq!((pooled.genuine(), pooled.impostors()), (1_120, 11_520));
    assert_eq!(pooled.strata().len(), 40);
    let two = trials(&sets, Protocol::TwoFingers).unwrap();
    assert_eq!((two.genuine(), two.impostors()), (5_040, 161_280));
    assert!(two_finger_count(&[&data.sets[0]]) >= 1_260 + 40_320);
}

#[test]
fn persons_of_two_fingers_add_their_fingers_scores() {
    let data = square(4, 2);
    // A score that names its impressions: decimal digits F1 I1 F2 I2, lower impression first.
    let name = |(f, i): (u32, u32)| f64::from(10 * f + i);
    let table = filled(&data.sets[0], |a, b| 100.0 * name(a) + name(b));
    let two = trials(&[(&data.sets[0], &table)], Protocol::TwoFingers).unwrap();
    assert_eq!((two.genuine(), two.impostors()), (6, 12));
    // Pairs of persons: {1,2}{3,4}, {1,3}{2,4}, {1,4}{2,3}; lower against lower, higher against higher, captures 1 and 2 crossed.
    let mut worked = vec![];
    for (a, b, c, d) in [(1, 2, 3, 4), (1, 3, 2, 4), (1, 4, 2, 3)] {
        for i in 1..=2 {
            for j in 1..=2 {
                let pair = |one: (u32, u32), other: (u32, u32)| 100.0 * name(one.min(other)) + name(one.max(other));
                worked.push(pair((a, i), (c, j)) + pair((b, i), (d, j)));
            }
        }
    }
    worked.sort_by(|a, b| b.total_cmp(a));
    let found: Vec<f64> = two.impostor_scores().collect();
    assert!(found.iter().zip(&worked).all(|(f, w)| close(*f, *w)) && found.len() == worked.len(), "{found:?} {worked:?}");
    // {1,2}: 1112 + 2122 is the lowest genuine sum, and {1,2}{3,4} with both first captures, 1131 + 2141, the lowest impostor sum.
    let lowest = two.curve().points()[0].threshold;
    assert!(close(lowest, 1_112.0 + 2_122.0) && close(worked[11], 1_131.0 + 2_141.0), "{lowest}");
}

#[test]
fn files_of_another_layout_are_passed_over_and_doubles_refused() {
    let data = Dataset::of_files([
        ("b", "7_1.PNG"),
        ("a", "101_2.png"),
        ("a", "101_1.wsq"),
        ("a", "101_1.fmr"),
        ("a", "x_1.png"),
        ("a", "+1_1.png"),
        ("a", "readme"),
        ("a", "9999999999_1.png"),
    ])
    .unwrap();
    let names: Vec<&str> = data.sets.iter().map(|s| s.name.as_str()).collect();
    assert_eq!(names, ["a", "b"]);
    let found: Vec<(u32, u32, &str)> = data.sets[0].impressions().collect();
    assert_eq!(found, [(101, 1, "101_1.wsq"), (101, 2, "101_2.png")]);
    assert_eq!(Dataset::of_files([("a", "readme")]), Err(EvalError::NoPrints));
    let twice = Dataset::of_files([("a", "1_1.png"), ("a", "01_1.bmp")]).unwrap_err();
    assert_eq!(twice, EvalError::Twice { what: "a/1_1".into() });
    let many = (0..=crate::limits::EVAL_FILES).map(|_| ("a", "readme"));
    assert_eq!(Dataset::of_files(many), Err(EvalError::TooMany { what: "files", bound: crate::limits::EVAL_FILES }));
    let names: Vec<String> = (0..=crate::limits::EVAL_IMPRESSIONS).map(|i| format!("1_{i}.png")).collect();
    let wide = Dataset::of_files(names.iter().map(|n| ("a", n.as_str()))).unwrap_err();
    assert_eq!(wide, EvalError::TooMany { what: "impressions in one set", bound: crate::limits::EVAL_IMPRESSIONS });
}

#[test]
fn a_table_of_scores_is_read_line_by_line() {
    let text = format!("{HEADER}\nfvc,101,1,101,2,33.5\r\n\nfvc,101,1,102,8,-inf\n");
    let found = parse_scores(&text).unwrap();
    assert_eq!(found.len(), 2);
    assert_eq!((found[0].probe, found[0].reference), ((101, 1), (101, 2)));
    assert_eq!((found[0].set.as_str(), found[0].score.to_bits()), ("fvc", 33.5f64.to_bits()));
    assert_eq!(found[1].score, f64::NEG_INFINITY);
    let wrong = |line: &str| parse_scores(&format!("{HEADER}\n{line}\n")).unwrap_err();
    for (line, what) in [
        ("fvc,101,1,101", "fewer than six fields"),
        ("fvc,101,1,101,2,3,4", "more than six fields"),
        ("fvc,a,1,101,2,3", "a finger or impression is not a number"),
        ("fvc,101,1,101,2,x", "the score is not a number"),
        ("fvc,101,1,101,2,nan", "the score is not a number"),
    ] {
        assert_eq!(wrong(line), EvalError::ScoreLine { line: 2, what });
    }
    let headless = parse_scores("fvc,101,1,101,2,3\n").unwrap_err();
    assert_eq!(headless, EvalError::ScoreLine { line: 1, what: "the first line is not set,F1,I1,F2,I2,score" });
}

#[test]
fn a_pair_has_one_score_whichever_comes_first() {
    let data = square(2, 2);
    let mut table = Table::new(&data.sets[0]);
    assert_eq!(table.put((1, 1), (2, 1), 4.0), Ok(true));
    assert_eq!(table.get((2, 1), (1, 1)), Some(4.0));
    assert_eq!(table.get((1, 1), (1, 2)), None);
    assert_eq!(table.put((1, 1), (1, 1), 4.0), Ok(false), "an impression is not compared with itself");
    assert_eq!(table.put((1, 1), (3, 1), 4.0), Ok(false), "no such finger");
    assert_eq!(table.put((1, 1), (1, 2), f64::NAN), Err(EvalError::NotANumber { index: 0 }));
    let twice = table.put((2, 1), (1, 1), 5.0).unwrap_err();
    assert_eq!(twice, EvalError::Twice { what: "the comparison of 2_1 and 1_1".into() });
    let gaps = trials(&[(&data.sets[0], &table)], Protocol::Single).unwrap_err();
    assert_eq!(gaps, EvalError::MissingScores { missing: 5, first: "one: 1_1 and 1_2".into() });
    assert_eq!(format!("{table:?}"), "Table(4 impressions)");
}

#[test]
fn templates_are_compared_earlier_first_and_a_print_without_one_matches_nobody() {
    let data = square(2, 2);
    let set = &data.sets[0];
    let (mut asked, mut steps) = (Vec::new(), 0);
    let templates = [Some(1), Some(2), None, Some(4)];
    let table = Table::of_templates(
        set,
        &templates,
        |a, b| {
            asked.push((*a, *b));
            f64::from(10 * a + b)
        },
        || steps += 1,
    );
    assert_eq!((asked, steps), (vec![(1, 2), (1, 4), (2, 4)], 4));
    let text = table.lines(set);
    assert_eq!(text, "one,1,1,1,2,12\none,1,1,2,1,-inf\none,1,1,2,2,14\none,1,2,2,1,-inf\none,1,2,2,2,24\none,2,1,2,2,-inf\n");
    let again = parse_scores(&format!("{HEADER}\n{text}")).unwrap();
    assert_eq!(
        again.iter().map(|c| c.score).collect::<Vec<_>>(),
        [12.0, f64::NEG_INFINITY, 14.0, f64::NEG_INFINITY, 24.0, f64::NEG_INFINITY]
    );
    let pooled = trials(&[(set, &table)], Protocol::Single).unwrap();
    // Genuine 12 and nothing; the impostors 14 and 24 and twice nothing.
    assert!(close(pooled.curve().fnmr_at_threshold(12.0), 0.5) && close(pooled.curve().fmr_at_threshold(14.0), 0.5));
}

#[test]
fn of_two_fingers_the_one_without_a_template_says_nothing() {
    let data = square(4, 2);
    // Finger 1 has no template at all, finger 2 lacks its first impression: {1,2} can be told by nothing, {1,3} by finger 3 alone.
    let lost = |p: (u32, u32)| p.0 == 1 || p == (2, 1);
    let table = filled(&data.sets[0], |a, b| {
        if lost(a) || lost(b) {
            f64::NEG_INFINITY
        } else if a.0 == b.0 {
            8.0
        } else {
            1.0
        }
    });
    let curve = trials(&[(&data.sets[0], &table)], Protocol::TwoFingers).unwrap().curve();
    // Genuine sums: {1,2} none; {1,3} {1,4} {2,3} {2,4} one finger's 8; {3,4} 16.
    assert!(close(curve.fnmr_at_threshold(8.0), 1.0 / 6.0) && close(curve.fnmr_at_threshold(16.0), 5.0 / 6.0));
}

#[test]
fn too_many_comparisons_are_refused_before_they_are_made() {
    let data = square(120, 20);
    let table = Table::new(&data.sets[0]);
    let refused = trials(&[(&data.sets[0], &table)], Protocol::TwoFingers).unwrap_err();
    assert_eq!(refused, EvalError::TooMany { what: "comparisons", bound: crate::limits::EVAL_TRIALS });
    assert!(two_finger_count(&[&data.sets[0]]) > crate::limits::EVAL_TRIALS);
}

#[test]
fn a_det_curve_keeps_its_corners_down_to_what_can_be_shown() {
    let impostors: Vec<f64> = (0..10).map(f64::from).collect();
    let curve = Trials::of_scores(&[7.5, 8.5, 20.0, 21.0], &impostors).unwrap().curve();
    // 3 / 10 is the lowest FMR: the curve ends at threshold 7 with FMR 0.3 and FNMR 0.
    assert_eq!(plot(&curve), [(1.0, 0.0), (0.3, 0.0)]);
    let wide: Vec<f64> = (0..100).map(f64::from).collect();
    let curve = Trials::of_scores(&[49.5, 60.5], &wide).unwrap().curve();
    assert_eq!(plot(&curve), [(1.0, 0.0), (0.5, 0.0), (0.5, 0.5), (0.39, 0.5), (0.39, 1.0), (0.03, 1.0)]);
}
