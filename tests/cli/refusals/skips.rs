//! Reasons that no test can bring a verb to, each with why.

/// Verb, reason, why it is not run.
pub const SKIPS: &[(&str, &str, &str)] = &[
    (
        "afis delete",
        "gallery-full",
        "takes a log of 280,000 persons; src/afis/sealed/log.rs asserts it of one that stands at its bound",
    ),
    (
        "afis enrol",
        "gallery-full",
        "takes a log of 280,000 persons; src/afis/sealed/log.rs asserts it of one that stands at its bound",
    ),
    ("doctor", "could-not-decide", "the machine's clock would have to stand before the program was made"),
    ("case list", "wrong-state", "a list only opens applications, which follow no state"),
    ("incident open", "wrong-state", "an incident begins, whatever state the things are in that it is about"),
    ("store create", "wrong-store-key", "a store that is made has the key that it is made with"),
    ("verify card", "weak-key", "takes a chip with an RSA key of 1024 bits; src/verify/tests/presence.rs judges such answers"),
    (
        "centre approve",
        "certificate-expired",
        "takes a bureau's certificate of years ago; tests/cli/card.rs runs card build into it, by the same check of the recipient",
    ),
    (
        "centre approve",
        "crl-stale",
        "takes a revocation list of months ago; tests/cli/card.rs runs card build into it, by the same check of the recipient",
    ),
    (
        "centre approve",
        "does-not-fit",
        "takes a profile of one's own, which it has no option for; tests/cli/refusals/card.rs runs card build into it, by the same plan",
    ),
    (
        "centre approve",
        "numbers-used-up",
        "takes every status index of a named profile; tests/cli/refusals/card.rs runs card build into it, by the same register",
    ),
    ("handover", "weak-key", "takes a chip without Chip Authentication; src/verify/tests/presence.rs judges such answers"),
    ("sync push", "wrong-state", "it sends what stands in the one state from which it is sent"),
    ("sync pull", "wrong-state", "an item out of turn is named in the answer, and stops no other: src/issuance/sync/tests"),
    ("blank receive", "wrong-state", "a blank that comes in has no state before it; one that is known is another job's"),
];

/// Reasons of a whole group of options whose run takes long, so that it is made with one verb: group, reason, file of `tests/cli/`.
pub const OF_GROUP: &[(&str, &str, &str)] = &[("issuance", "in-use", "issuance.rs")];

/// Verbs that no test can bring to a yes, each with why.
pub const NEVER_YES: &[(&str, &str)] =
    &[("demo morning", "ten cards and two hundred captures: minutes of a release build, and tens of a test's (`make demo`)")];

/// Reasons whose run needs a place of its own: verb, reason, and the file of `tests/cli/` that asserts it.
pub const ELSEWHERE: &[(&str, &str, &str)] = &[
    ("batch resume", "key-store-unavailable", "batch_engine.rs"),
    ("batch resume", "no-reader", "batch_engine.rs"),
    ("batch resume", "service-down", "batch_engine.rs"),
    ("batch resume", "station-unknown", "batch_engine.rs"),
    ("batch resume", "terminal-not-accepted", "batch_engine.rs"),
    ("batch run", "key-store-unavailable", "batch_engine.rs"),
    ("batch run", "no-reader", "batch_engine.rs"),
    ("batch run", "service-down", "batch_engine.rs"),
    ("batch run", "station-unknown", "batch_engine.rs"),
    ("batch run", "terminal-not-accepted", "batch_engine.rs"),
    ("card build", "certificate-expired", "card.rs"),
    ("card build", "crl-stale", "card.rs"),
    ("card inspect", "password-not-printed", "passwords.rs"),
    ("packet seal", "certificate-expired", "card.rs"),
    ("packet seal", "crl-stale", "card.rs"),
    ("perso resume", "certificate-expired", "document_signer.rs"),
    ("perso resume", "certificate-revoked", "document_signer.rs"),
    ("perso resume", "in-use", "station.rs"),
    ("perso run", "certificate-expired", "document_signer.rs"),
    ("perso run", "certificate-revoked", "document_signer.rs"),
    ("perso run", "in-use", "station.rs"),
    ("perso status", "data-inconsistent", "perso.rs"),
    ("perso status", "untrusted-issuer", "perso.rs"),
    ("pki check", "crl-stale", "pki.rs"),
    ("pki status-list-new", "input-invalid", "pki.rs"),
    ("pki status-list-new", "profile-invalid", "pki.rs"),
    ("pki trust-add", "crl-invalid", "pki.rs"),
    ("read", "not-personalized", "next.rs"),
    ("read", "password-not-on-card", "passwords.rs"),
    ("read", "wrong-legacy", "passwords.rs"),
    ("read", "wrong-mrz", "passwords.rs"),
    ("verify card", "not-personalized", "next.rs"),
    ("verify card", "password-not-on-card", "passwords.rs"),
    ("verify card", "wrong-legacy", "passwords.rs"),
    ("verify card", "wrong-mrz", "passwords.rs"),
    ("verify challenge", "output-exists", "verify.rs"),
];
