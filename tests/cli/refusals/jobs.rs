//! The refusals of `--job-id`, on every verb that takes the shared option: they come before the verb itself.

use super::place::Place;
use super::{GROUPS, leaves};
use crate::contract::Run;

/// What every verb with the shared option can end with, and how it is brought there.
const REASONS: [&str; 3] = ["job-conflict", "encoding-invalid", "file-unreadable"];

/// Whether a verb takes the shared option.
fn takes_it(verb: &str) -> bool {
    leaves().iter().any(|(name, command)| name == verb && command.get_arguments().any(|a| a.get_id() == "shared_job_id"))
}

/// The reasons that the test below brings this verb to.
pub fn reasons_of(verb: &str) -> impl Iterator<Item = &'static str> {
    let takes_it = takes_it(verb);
    REASONS.into_iter().filter(move |_| takes_it)
}

#[test]
fn a_job_that_cannot_be_kept_or_is_another_is_refused_before_the_verb_runs() {
    let place = Place::new();
    std::fs::create_dir(place.at("jobs")).unwrap();
    place.write("jobs/job-broken.json", "{}");
    let other = r#"{"format": "ektp-job-1", "job_id": "other", "verb": "pki key", "content": "00", "data": null}"#;
    place.write("jobs/job-other.json", other);
    let verbs: Vec<String> = leaves().into_iter().map(|(name, _)| name).filter(|name| takes_it(name)).collect();
    assert!(verbs.len() >= 20, "{verbs:?}");
    for verb in &verbs {
        // A job of `verify card` is the judgement of a file, not a reading and no sample.
        let of_a_job = |line: &str| !line.is_empty() && (verb != "verify card" || line.starts_with('@'));
        let rows = GROUPS.iter().copied().flatten().find(|r| r.verb == verb && of_a_job(r.line()));
        let line = rows.unwrap_or_else(|| panic!("{verb} has no line")).line();
        let ended = |run: Run, reason: &str, exit: i32| assert_eq!((run.verb(), run.reason(), run.exit), (&**verb, reason, exit));
        ended(place.run(&format!("{verb} {line} --job-id other")), "job-conflict", 12);
        ended(place.run(&format!("{verb} {line} --job-id broken")), "encoding-invalid", 10);
        let nowhere = place.at("garbage");
        let nowhere = [("EKTP_JOBS", nowhere.to_str().unwrap())];
        ended(place.run_in(&format!("{verb} {line} --job-id one"), &nowhere), "file-unreadable", 10);
    }
}
