//! Generates the reason enum, its texts and the exit table from `specs/reasons.toml`, and the table of verbs from `specs/verbs.toml`.

use serde::Deserialize;
use std::fmt::Write as _;
use std::path::PathBuf;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reasons {
    reason: Vec<Entry>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    code: String,
    exit: u8,
    hand: String,
    retry: String,
    en: String,
    id: String,
    next_en: String,
    next_id: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verbs {
    every: Vec<String>,
    group: Vec<Group>,
    verb: Vec<Verb>,
}

/// Reasons that come with options: every verb that has one of them can end so.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    name: String,
    options: Vec<String>,
    reasons: Vec<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Verb {
    name: String,
    #[serde(default)]
    groups: Vec<String>,
    reasons: Vec<String>,
    examples: Vec<Example>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Example {
    does: String,
    run: String,
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=specs/reasons.toml");
    println!("cargo:rerun-if-changed=specs/verbs.toml");
    println!("cargo:rerun-if-changed=build.rs");
    let text = std::fs::read_to_string("specs/reasons.toml")?;
    let reasons: Reasons = toml::from_str(&text)?;
    let mut codes: Vec<&str> = reasons.reason.iter().map(|r| r.code.as_str()).collect();
    codes.sort_unstable();
    if let Some(twice) = codes.windows(2).find(|w| w[0] == w[1]) {
        return Err(format!("specs/reasons.toml: reason `{}` stands twice", twice[0]).into());
    }
    let verbs: Verbs = toml::from_str(&std::fs::read_to_string("specs/verbs.toml")?)?;
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    std::fs::write(out.join("reasons.rs"), generate(&reasons.reason)?)?;
    std::fs::write(out.join("verbs.rs"), verbs_table(&verbs, &codes)?)?;
    Ok(())
}

/// The table of verbs; an unknown reason, a reason given twice or a verb without an example is an error of the build.
fn verbs_table(verbs: &Verbs, known: &[&str]) -> Result<String, String> {
    let list = |place: &str, codes: &[String]| -> Result<String, String> {
        for (at, code) in codes.iter().enumerate() {
            if !known.contains(&code.as_str()) || codes[..at].contains(code) {
                return Err(format!("specs/verbs.toml: {place}: reason `{code}` is unknown or stands twice"));
            }
        }
        Ok(codes.iter().map(|c| format!("Reason::{}, ", variant(c))).collect())
    };
    let mut out = format!(
        "/// Reasons that every verb can end with.\npub const EVERY: &[Reason] = &[{}];\n\n",
        list("every", &verbs.every)?
    );
    out.push_str("/// Every group of options, in the order of the specification.\npub const GROUPS: &[Group] = &[\n");
    for group in &verbs.group {
        let (name, reasons) = (&group.name, list(&group.name, &group.reasons)?);
        out.push_str(&format!("    Group {{ name: {name:?}, options: &{:?}, reasons: &[{reasons}] }},\n", group.options));
    }
    out.push_str("];\n\n");
    out.push_str("/// Every verb, in the order of the specification.\npub const VERBS: &[Verb] = &[\n");
    for verb in &verbs.verb {
        let name = &verb.name;
        if verb.examples.is_empty() || verbs.verb.iter().filter(|v| v.name == *name).count() != 1 {
            return Err(format!("specs/verbs.toml: verb `{name}` has no example or stands twice"));
        }
        list(name, &verb.reasons)?;
        let reasons = list(name, &with_groups(verb, &verbs.group)?)?;
        let groups = &verb.groups;
        let examples: String = verb.examples.iter().map(|e| format!("({:?}, {:?}), ", e.does, e.run)).collect();
        out.push_str(&format!(
            "    Verb {{ name: {name:?}, groups: &{groups:?}, reasons: &[{reasons}], examples: &[{examples}] }},\n"
        ));
    }
    out.push_str("];\n");
    Ok(out)
}

/// A verb's own reasons and those of its groups, each once.
fn with_groups(verb: &Verb, groups: &[Group]) -> Result<Vec<String>, String> {
    let mut reasons = verb.reasons.clone();
    for name in &verb.groups {
        let group = groups.iter().find(|g| g.name == *name);
        let group = group.ok_or_else(|| format!("specs/verbs.toml: {}: group `{name}` is unknown", verb.name))?;
        for reason in &group.reasons {
            if verb.reasons.contains(reason) {
                return Err(format!("specs/verbs.toml: {}: `{reason}` comes with the group `{name}` already", verb.name));
            }
            if !reasons.contains(reason) {
                reasons.push(reason.clone());
            }
        }
    }
    Ok(reasons)
}

fn generate(reasons: &[Entry]) -> Result<String, std::fmt::Error> {
    let mut out = String::from(
        "/// Why something was refused or not decided; generated from `specs/reasons.toml`.\n\
         #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]\n#[non_exhaustive]\npub enum Reason {\n",
    );
    for r in reasons {
        writeln!(out, "    /// {} (exit {}).\n    {},", r.en, r.exit, variant(&r.code))?;
    }
    out.push_str("}\n\n");
    writeln!(
        out,
        "impl Reason {{\n    /// Every reason, in the order of the specification.\n    pub const ALL: &'static [Self] = &["
    )?;
    for r in reasons {
        writeln!(out, "        Self::{},", variant(&r.code))?;
    }
    out.push_str("    ];\n\n    const fn entry(self) -> Entry {\n        match self {\n");
    for r in reasons {
        writeln!(
            out,
            "            Self::{} => Entry {{ code: {:?}, exit: {}, hand: Hand::{}, retry: Retry::{}, en: {:?}, id: {:?}, next_en: {:?}, next_id: {:?} }},",
            variant(&r.code),
            r.code,
            r.exit,
            variant(&r.hand),
            variant(&r.retry),
            r.en,
            r.id,
            r.next_en,
            r.next_id
        )?;
    }
    out.push_str("        }\n    }\n}\n");
    Ok(out)
}

fn variant(code: &str) -> String {
    code.split('-').map(|w| w[..1].to_uppercase() + &w[1..]).collect()
}
