//! Reasons that no test can bring a verb to, each with why.

/// Verb, reason, why it is not run.
pub const SKIPS: &[(&str, &str, &str)] = &[
    ("doctor", "could-not-decide", "the machine's clock would have to stand before the program was made"),
    (
        "verify card",
        "could-not-decide",
        "every check that withholds its proof says why itself; this is what is left if one did not",
    ),
    ("verify person", "person-mismatch", "this build has no matcher, which alone could say so"),
    ("verify person", "sample-too-poor", "this build has no matcher, which alone could say so"),
];

/// Verbs that no test can bring to a yes, each with why.
pub const NEVER_YES: &[(&str, &str)] = &[("verify person", "this build has no matcher, so no finger is ever the holder's")];
