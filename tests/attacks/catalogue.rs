//! The catalogue: every id of families C, S, T, K, I and B has a test here, a named test elsewhere, or a reason to be skipped.

/// Families and how many ids each has.
const FAMILIES: [(char, usize); 6] = [('c', 12), ('s', 14), ('t', 14), ('k', 12), ('i', 9), ('b', 12)];

/// Ids whose test lies beside the code that it attacks: file, and the name of the test.
const ELSEWHERE: [(&str, &str, &str); 71] = [
    ("s11", "src/chip/scp03/tests.rs", "fn a_replayed_or_dropped_command_is_found"),
    ("s11", "src/chip/scp03/tests.rs", "fn the_host_refuses_by_name"),
    ("s12", "tests/vectors/handshakes.rs", "fn pace_with_leading_zeros"),
    ("s12", "tests/vectors/handshakes.rs", "fn chip_authentication_with_leading_zeros"),
    ("k01", "src/pki/x509/path_tests.rs", "fn an_unknown_issuer_is_untrusted_and_a_look_alike_is_told"),
    ("k01", "src/pki/x509/path_tests.rs", "fn an_honest_signer_passes_until_its_last_second"),
    ("k01", "src/pki/x509/path_tests.rs", "fn key_usage_and_constraints_of_the_leaf_are_held"),
    ("k01", "src/pki/x509/path_tests.rs", "fn a_signer_of_another_country_is_refused"),
    ("k02", "src/pki/cms_tests.rs", "fn one_signer_and_its_certificate_must_be_there"),
    ("k02", "src/pki/sod_tests.rs", "fn attributes_that_do_not_match_the_content_are_refused"),
    ("k03", "src/pki/trust/tests.rs", "fn a_look_alike_of_an_anchor_is_refused"),
    ("k03", "src/pki/x509/path_tests.rs", "fn a_link_to_another_name_is_longer_than_the_anchor_allows"),
    ("k04", "tests/attacks/chip.rs", "fn emrtd_c6_a_signer_of_another_root_is_no_issuer"),
    ("k05", "src/pki/sod_tests.rs", "fn hash_lists_of_an_old_hash_are_refused_by_date"),
    ("k05", "src/verify/tests/presence.rs", "fn a_weak_key_of_the_chip_proves_no_presence_though_the_authority_signed_it"),
    ("k06", "src/pki/cvc/tests.rs", "fn chains_are_refused_by_name"),
    ("k07", "src/pki/x509/path_tests.rs", "fn a_revoked_signer_is_refused_and_the_age_of_the_list_is_told"),
    ("k07", "src/pki/x509/path_tests.rs", "fn a_list_of_tomorrow_proves_nothing_today_and_revokes_all_the_same"),
    ("k07", "src/pki/trust/tests.rs", "fn a_list_of_an_authority_that_may_sign_none_is_refused"),
    ("k08", "src/verify/tests/judge.rs", "fn a_revocation_list_brought_back_decides_nothing"),
    ("k08", "tests/cli/verify.rs", "fn a_judge_remembers_the_revocation_lists_it_has_seen"),
    ("k09", "src/pki/x509/path_tests.rs", "fn an_issuer_that_may_not_issue_is_refused"),
    ("k10", "src/pki/x509/path_tests.rs", "fn weak_rsa_keys_and_old_hashes_are_refused"),
    ("k10", "src/pki/x509/path_tests.rs", "fn parameters_that_are_not_a_curve_of_ours_do_not_parse"),
    ("k10", "src/verify/tests/presence.rs", "fn chip_authentication_of_a_weak_kind_is_none"),
    ("k11", "tests/vectors/wycheproof.rs", "fn ecdsa_signatures"),
    ("k12", "tests/cli/production.rs", "fn a_production_station_takes_no_sample_key_whatever_it_is_for"),
    ("i01", "src/issuance/store/tests/races.rs", "fn of_sixty_four_applications_for_one_person_one_is_taken"),
    ("i02", "src/pki/signer/tests.rs", "fn an_authorization_makes_one_card"),
    ("i02", "tests/cli/station.rs", "fn another_journal_makes_no_second_card_of_one_authorization"),
    ("i03", "src/issuance/application_tests.rs", "fn no_card_without_a_person_found_unique_since_the_last_capture"),
    ("i03", "src/issuance/application_tests.rs", "fn a_step_out_of_turn_and_a_wrong_person_are_refused"),
    ("i04", "src/issuance/centre/tests/attacks.rs", "fn i04_two_pairs_who_say_otherwise_one_is_heard"),
    ("i04", "src/issuance/proof/race.rs", "fn two_pairs_who_say_otherwise_in_the_same_second_one_is_heard"),
    ("i04", "src/issuance/centre/tests/clarifying.rs", "fn nobody_clarifies_alone_or_with_themselves"),
    ("i05", "src/issuance/centre/tests/attacks.rs", "fn i05_a_nik_of_the_dead_serves_nobody"),
    ("i05", "src/issuance/centre/tests/attacks.rs", "fn i05_a_nik_that_moved_away_serves_its_holder_alone"),
    ("i05", "src/issuance/register/tests.rs", "fn the_dead_are_not_brought_in_again_and_who_moved_may_come_back"),
    ("i06", "src/issuance/store/tests/audits.rs", "fn a_store_put_back_is_told_by_heads_seen_before"),
    ("i07", "src/issuance/store/tests/audits.rs", "fn every_change_of_the_audit_is_found_at_its_row"),
    ("i07", "src/issuance/store/tests/audits.rs", "fn what_stands_otherwise_than_the_audit_left_it_is_found"),
    ("i08", "src/issuance/centre/tests/approvals.rs", "fn what_changed_after_the_identification_is_not_approved"),
    ("i08", "src/pki/signer/tests.rs", "fn an_authorization_must_be_the_approvers_over_this_manifest_for_this_signer"),
    ("i09", "src/issuance/packet/tests.rs", "fn what_is_no_packet_is_refused_at_its_byte"),
    ("i09", "src/issuance/packet/tests.rs", "fn names_stand_once_and_files_are_few"),
    ("i09", "src/issuance/sync/line/tests.rs", "fn i09_a_path_that_leads_elsewhere_is_nowhere"),
    ("i09", "src/issuance/sync/line/tests.rs", "fn i09_an_upload_has_an_end_whatever_is_said_of_it"),
    ("i09", "src/issuance/sync/line/tests.rs", "fn i09_callers_who_are_silent_or_slow_shut_nobody_out"),
    ("i09", "src/pki/signer/tests.rs", "fn silent_stations_shut_nobody_out_and_do_not_hold_up_the_end"),
    ("b01", "src/issuance/handover/trial_tests.rs", "fn no_match_only_after_every_capture_of_two_officers"),
    (
        "b01",
        "src/issuance/handover/tests.rs",
        "fn whoever_comes_with_other_fingers_gets_nothing_and_the_application_is_clarified",
    ),
    ("b02", "src/afis/gallery_tests.rs", "fn other_fingers_of_the_same_person_are_never_single"),
    ("b02", "tests/cli/person.rs", "fn a_sensor_that_takes_another_finger_or_sees_an_artefact_decides_nothing"),
    (
        "b03",
        "src/issuance/centre/tests/attacks.rs",
        "fn b03_a_capture_that_is_replayed_is_found_and_one_that_is_put_in_anothers_place_does_not_open",
    ),
    ("b03", "src/issuance/centre/tests/attacks.rs", "fn b03_templates_in_the_place_of_images_are_no_fingers"),
    ("b03", "src/issuance/centre/tests/refusals.rs", "fn a_packet_of_this_capture_alone_is_taken_in"),
    ("b03", "src/issuance/centre/tests/refusals.rs", "fn one_print_told_for_two_fingers_is_no_person"),
    ("b03", "src/issuance/packet/tests.rs", "fn who_signs_anothers_sealed_capture_is_found_when_it_is_opened"),
    ("b04", "src/afis/sealed/tests.rs", "fn an_altered_byte_anywhere_is_found_out"),
    ("b04", "src/afis/sealed/tests.rs", "fn files_of_another_gallery_are_refused"),
    ("b05", "src/afis/answer.rs", "fn a_finger_is_told_coarsely"),
    ("b06", "src/finger/matching/tests.rs", "fn templates_made_to_do_harm_score_low_in_bounded_time"),
    ("b06", "src/finger/matching/tests.rs", "fn nothing_is_not_a_match_even_with_itself"),
    ("b07", "src/issuance/centre/tests/identifying.rs", "fn one_person_under_two_names_is_found_whoever_comes_second"),
    ("b08", "src/issuance/centre/tests/identifying.rs", "fn two_applications_of_one_person_in_the_same_second_one_is_found"),
    ("b08", "src/afis/sealed/tests.rs", "fn of_enrolments_that_race_one_person_is_taken_in_once"),
    ("b10", "src/finger/matching/tests.rs", "fn scores_are_the_same_on_every_machine"),
    ("b10", "src/finger/extract/classical/tests.rs", "fn widest_and_portable_code_and_every_thread_give_the_same_minutiae"),
    ("b11", "tests/cli/afis.rs", "fn fingers_of_poor_quality_are_not_usable_and_never_single"),
    ("b12", "src/verify/tests/judge.rs", "fn prints_of_other_fingers_than_dg13_names_are_not_the_holders"),
    ("b12", "src/pki/signer/tests.rs", "fn another_persons_data_are_refused"),
];

/// The nine ways to clone a card, C1 to C9, each with the tests that catch it. A reader sees nothing of C7: the signer does.
const CLONES: [(&str, &str, &str); 11] = [
    ("C1", "tests/attacks/chip.rs", "fn c01_copied_files_without_the_private_keys"),
    ("C2", "tests/attacks/chip.rs", "fn c03_chip_key_replaced_together_with_dg14"),
    ("C3", "tests/attacks/chip.rs", "fn c02_dg14_removed_while_in_sod"),
    ("C3", "tests/attacks/chip.rs", "fn c02_dg15_removed_while_in_sod"),
    ("C4", "tests/attacks/chip.rs", "fn emrtd_c3_c4_completeness_comes_from_ef_sod_and_never_from_ef_com"),
    ("C5", "tests/attacks/chip.rs", "fn emrtd_c5_no_card_access_or_no_pace_is_no_way_in"),
    ("C6", "tests/attacks/chip.rs", "fn emrtd_c6_a_signer_of_another_root_is_no_issuer"),
    ("C7", "src/pki/signer/tests.rs", "fn numbers_chips_jobs_and_keys_are_used_once"),
    ("C8", "tests/attacks/channel.rs", "fn s03_an_unprotected_answer_ends_the_session_whatever_it_says"),
    ("C8", "tests/attacks/chip.rs", "fn c07_chip_answers_everything_with_9000"),
    ("C9", "tests/attacks/chip.rs", "fn emrtd_c9_fingers_stay_closed_without_the_terminal_key"),
];

/// What a program cannot see, and why. Parts of tested ids stand here too, with a word for the part.
const SKIPPED: [(&str, &str); 9] = [
    ("c06 two chips at once", "a reader's anticollision shows PC/SC one chip; the second one taking over is tested"),
    ("c12 printed face", "no program here sees the face; what is signed on the chip is compared"),
    ("s09 equal time", "time is measured on hardware by `reader qualify`; equal answers are tested"),
    ("emrtd C7 one key in two cards", "uniqueness of keys is held by the signer's register, not by a reader"),
    ("s06 oracle timing", "the MAC is checked before anything is decrypted, which is tested; no padding is seen without it"),
    (
        "i04 two outcomes",
        "both officers sign one act that names the outcome: there are no two answers to compare, and the second is refused",
    ),
    (
        "i09 slow client of a store",
        "no client reaches the store itself; the line between offices and the signer's socket are tested",
    ),
    ("b05 many questions", "the centre answers decisions; how often a terminal may ask is the business of whoever runs it"),
    (
        "b09",
        "the short list against all comparisons is a figure over galleries of many sizes, not a yes or no: `make bench` measures it",
    ),
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
    let covered = |id: &String| {
        text.contains(&format!("fn {id}_"))
            || ELSEWHERE.iter().any(|(e, ..)| e == id)
            || SKIPPED.iter().any(|(skipped, _)| skipped == id)
    };
    let missing: Vec<String> = ids.filter(|id| !covered(id)).collect();
    assert_eq!(missing, Vec::<String>::new());
    assert!(SKIPPED.iter().all(|(_, reason)| reason.len() > 20));
}

#[test]
fn every_clone_of_the_reference_is_caught_by_a_test() {
    let missing: Vec<String> =
        (1..=9).map(|n| format!("C{n}")).filter(|id| !CLONES.iter().any(|(clone, ..)| clone == id)).collect();
    assert_eq!(missing, Vec::<String>::new());
}

#[test]
fn tests_elsewhere_are_where_they_are_said_to_be() {
    for (id, file, name) in ELSEWHERE.iter().chain(&CLONES) {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
        let text = std::fs::read_to_string(&path).unwrap_or_default();
        assert!(text.contains(name), "{id}: {name} in {file}");
    }
}
