//! Generates the reason enum, its texts and the exit table from `specs/reasons.toml`.

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

fn main() -> Result<(), Box<dyn std::error::Error>> {
    println!("cargo:rerun-if-changed=specs/reasons.toml");
    println!("cargo:rerun-if-changed=build.rs");
    let text = std::fs::read_to_string("specs/reasons.toml")?;
    let reasons: Reasons = toml::from_str(&text)?;
    let mut codes: Vec<&str> = reasons.reason.iter().map(|r| r.code.as_str()).collect();
    codes.sort_unstable();
    if let Some(twice) = codes.windows(2).find(|w| w[0] == w[1]) {
        return Err(format!("specs/reasons.toml: reason `{}` stands twice", twice[0]).into());
    }
    let out = PathBuf::from(std::env::var("OUT_DIR")?).join("reasons.rs");
    std::fs::write(out, generate(&reasons.reason)?)?;
    Ok(())
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
