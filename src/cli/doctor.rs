//! `ektp doctor`: what this station lacks, each finding with the command that mends it.

use super::output::{Failure, Outcome, Output};
use crate::pki::sample::Roots;
use crate::pki::trust::{Kind, directory};
use crate::reason::{Reason, Refusal};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// What to look at.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// Folder whose disk the store is on
    #[arg(long, value_name = "DIR", default_value = ".")]
    store: PathBuf,
    /// Trust store that this station judges by
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
}

/// One finding.
#[derive(Debug, Serialize)]
struct Finding {
    check: &'static str,
    ok: bool,
    detail: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    mend: Option<String>,
    #[serde(skip)]
    reason: Option<Reason>,
}

impl Finding {
    fn good(check: &'static str, detail: impl Into<String>) -> Self {
        Self { check, ok: true, detail: detail.into(), mend: None, reason: None }
    }

    fn bad(check: &'static str, reason: Reason, detail: impl Into<String>, mend: impl Into<String>) -> Self {
        Self { check, ok: false, detail: detail.into(), mend: Some(mend.into()), reason: Some(reason) }
    }
}

/// Looks at everything and reports.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let mut findings = service_and_readers();
    findings.push(clock());
    findings.push(disk(&args.store));
    findings.push(sample_keys(args.trust.as_deref()));
    for finding in &findings {
        out.event("finding", finding);
        out.line(format!("{} {:<12} {}", if finding.ok { "ok  " } else { "FAIL" }, finding.check, finding.detail));
        if let Some(mend) = &finding.mend {
            out.line(format!("     mend: {mend}"));
        }
    }
    let failed = findings.iter().find_map(|f| f.reason);
    let data = serde_json::json!({"findings": findings});
    Ok(match failed {
        None => Outcome::yes(data),
        Some(reason) => Outcome::with_reason(reason, data),
    })
}

fn service_and_readers() -> Vec<Finding> {
    let context = match pcsc::Context::establish(pcsc::Scope::User) {
        Ok(context) => context,
        Err(error) => {
            return vec![Finding::bad(
                "pcscd",
                Reason::ServiceDown,
                format!("the smart card service does not answer ({error})"),
                "sudo apt-get install pcscd && sudo systemctl start pcscd.socket",
            )];
        }
    };
    let mut findings = vec![Finding::good("pcscd", "answers")];
    match context.list_readers_owned() {
        Ok(readers) if !readers.is_empty() => {
            let names: Vec<String> = readers.iter().map(|r| r.to_string_lossy().into_owned()).collect();
            findings.push(Finding::good("readers", format!("{}: {}", names.len(), names.join(", "))));
            // pcscd takes 16 slots; beyond them another pcscd and station is needed.
            findings.push(if names.len() < 16 {
                Finding::good("slots", format!("{} of 16 taken", names.len()))
            } else {
                Finding::bad(
                    "slots",
                    Reason::NoReader,
                    "all 16 slots are taken",
                    "start a second pcscd and station for further readers",
                )
            });
        }
        _ => findings.push(Finding::bad(
            "readers",
            Reason::NoReader,
            "no reader is attached",
            "plug a contactless PC/SC reader in, or start a virtual one: scripts/pcscd-run ektp doctor",
        )),
    }
    findings
}

fn clock() -> Finding {
    let now = jiff::Timestamp::now();
    let built = jiff::Timestamp::from_second(BUILT_AFTER).unwrap_or(now);
    if now < built {
        Finding::bad(
            "clock",
            Reason::CouldNotDecide,
            format!("{now} is before this program was made"),
            "sudo timedatectl set-ntp true",
        )
    } else {
        Finding::good("clock", format!("{now:.0}"))
    }
}

/// Unix time of 2026-11-01: no station's clock is right before it.
const BUILT_AFTER: i64 = 1_793_491_200;

fn disk(store: &Path) -> Finding {
    let probe = tempfile::NamedTempFile::new_in(store).and_then(|f| {
        use std::io::Write;
        f.as_file().write_all(&[0; 65_536])?;
        f.as_file().sync_all()
    });
    match probe {
        Ok(()) => Finding::good("disk", format!("{} takes a durable write", store.display())),
        Err(error) => Finding::bad(
            "disk",
            Reason::of_io(error.kind()),
            format!("{} takes no durable write ({})", store.display(), error.kind()),
            format!("df -h {0}; ls -ld {0}", store.display()),
        ),
    }
}

/// Whether the compiled-in sample roots open, and whether the station's trust store would take their cards for real ones.
fn sample_keys(trust: Option<&Path>) -> Finding {
    const CHECK: &str = "sample-keys";
    if let Err(error) = Roots::compiled() {
        let detail = format!("the compiled-in sample roots do not open ({error}); `ektp demo card` cannot run");
        return Finding::bad(CHECK, error.reason(), detail, "ektp pki sample-roots keys-sample --force && cargo build --locked");
    }
    let Some(dir) = trust else {
        return Finding::good(
            CHECK,
            "compiled in, and they open; name the station's trust store with --trust to have it looked at",
        );
    };
    let mend =
        format!("ektp pki trust-new {0}-production --kind production, then ektp pki trust-add for each anchor", dir.display());
    match directory::load(dir) {
        Ok(store) if store.kind() == Kind::Production => {
            Finding::good(CHECK, format!("compiled in, and they open; {} is a production store and refuses them", dir.display()))
        }
        Ok(_) => {
            let detail = format!("{} is a sample store: it takes cards that anyone can make", dir.display());
            Finding::bad(CHECK, Reason::SampleKey, detail, mend)
        }
        Err(error) => Finding::bad(CHECK, error.reason(), format!("{}: {error}", dir.display()), mend),
    }
}
