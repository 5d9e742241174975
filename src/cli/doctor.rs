//! `ektp doctor`: what this station lacks, each finding with the command that mends it.

use super::output::{Failure, Outcome, Output};
use crate::pki::sample::Roots;
use crate::pki::trust::{Kind, directory};
use crate::reason::{Lang, Reason, Refusal};
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
    let lang = out.lang();
    let mut findings = service_and_readers(lang);
    findings.push(clock(lang));
    findings.push(disk(&args.store, lang));
    findings.push(sample_keys(args.trust.as_deref(), lang));
    for finding in &findings {
        out.event("finding", finding);
        let mark = if finding.ok { lang.pick("ok", "ya") } else { lang.pick("FAIL", "GAGAL") };
        out.line(format!("{mark:<5} {:<12} {}", finding.check, finding.detail));
        if let Some(mend) = &finding.mend {
            out.line(format!("      {}: {mend}", lang.pick("mend", "perbaiki")));
        }
    }
    let failed = findings.iter().find_map(|f| f.reason);
    let data = serde_json::json!({"findings": findings});
    Ok(match failed {
        None => Outcome::yes(data),
        Some(reason) => Outcome::with_reason(reason, data),
    })
}

fn service_and_readers(lang: Lang) -> Vec<Finding> {
    let context = match pcsc::Context::establish(pcsc::Scope::User) {
        Ok(context) => context,
        Err(error) => {
            return vec![Finding::bad(
                "pcscd",
                Reason::ServiceDown,
                format!(
                    "{} ({error})",
                    lang.pick("the smart card service does not answer", "layanan kartu cerdas tidak menjawab")
                ),
                "sudo apt-get install pcscd && sudo systemctl start pcscd.socket",
            )];
        }
    };
    let mut findings = vec![Finding::good("pcscd", lang.pick("answers", "menjawab"))];
    match context.list_readers_owned() {
        Ok(readers) if !readers.is_empty() => {
            let names: Vec<String> = readers.iter().map(|r| r.to_string_lossy().into_owned()).collect();
            findings.push(Finding::good("readers", format!("{}: {}", names.len(), names.join(", "))));
            // pcscd takes 16 slots; beyond them another pcscd and station is needed.
            findings.push(if names.len() < 16 {
                Finding::good("slots", format!("{}/16 {}", names.len(), lang.pick("taken", "terpakai")))
            } else {
                Finding::bad(
                    "slots",
                    Reason::NoReader,
                    lang.pick("all 16 slots are taken", "ke-16 slot terpakai"),
                    lang.pick(
                        "start a second pcscd and station for further readers",
                        "jalankan pcscd dan stasiun kedua untuk pembaca lain",
                    ),
                )
            });
        }
        _ => findings.push(Finding::bad(
            "readers",
            Reason::NoReader,
            lang.pick("no reader is attached", "tidak ada pembaca terpasang"),
            lang.pick(
                "plug a contactless PC/SC reader in, or start a virtual one: scripts/pcscd-run ektp doctor",
                "pasang pembaca PC/SC nirsentuh, atau jalankan pembaca semu: scripts/pcscd-run ektp doctor",
            ),
        )),
    }
    findings
}

fn clock(lang: Lang) -> Finding {
    let now = jiff::Timestamp::now();
    let built = jiff::Timestamp::from_second(BUILT_AFTER).unwrap_or(now);
    if now < built {
        Finding::bad(
            "clock",
            Reason::CouldNotDecide,
            format!("{now} {}", lang.pick("is before this program was made", "lebih awal dari program ini dibuat")),
            "sudo timedatectl set-ntp true",
        )
    } else {
        Finding::good("clock", format!("{now:.0}"))
    }
}

/// Unix time of 2026-11-01: no station's clock is right before it.
const BUILT_AFTER: i64 = 1_793_491_200;

fn disk(store: &Path, lang: Lang) -> Finding {
    let probe = tempfile::NamedTempFile::new_in(store).and_then(|f| {
        use std::io::Write;
        f.as_file().write_all(&[0; 65_536])?;
        f.as_file().sync_all()
    });
    match probe {
        Ok(()) => Finding::good(
            "disk",
            format!("{} {}", store.display(), lang.pick("takes a durable write", "dapat ditulisi dengan aman")),
        ),
        Err(error) => Finding::bad(
            "disk",
            Reason::of_io(error.kind()),
            format!(
                "{} {} ({})",
                store.display(),
                lang.pick("takes no durable write", "tidak dapat ditulisi dengan aman"),
                error.kind()
            ),
            format!("df -h {0}; ls -ld {0}", store.display()),
        ),
    }
}

/// Whether the compiled-in sample roots open, and whether the station's trust store would take their cards for real ones.
fn sample_keys(trust: Option<&Path>, lang: Lang) -> Finding {
    const CHECK: &str = "sample-keys";
    if let Err(error) = Roots::compiled() {
        let detail = format!(
            "{} ({error})",
            lang.pick(
                "the compiled-in sample roots do not open; `ektp demo card` cannot run",
                "kunci contoh bawaan tidak dapat dibuka; `ektp demo card` tidak dapat dijalankan",
            )
        );
        return Finding::bad(CHECK, error.reason(), detail, "ektp pki sample-roots keys-sample --force && cargo build --locked");
    }
    let Some(dir) = trust else {
        return Finding::good(
            CHECK,
            lang.pick(
                "compiled in, and they open; name the station's trust store with --trust to have it looked at",
                "bawaan, dan dapat dibuka; sebutkan gudang kepercayaan stasiun dengan --trust agar diperiksa",
            ),
        );
    };
    let mend = format!("ektp pki trust-new {0}-production --kind production && ektp pki trust-add …", dir.display());
    match directory::load(dir) {
        Ok(store) if store.kind() == Kind::Production => Finding::good(
            CHECK,
            format!(
                "{} {}",
                dir.display(),
                lang.pick("is a production store and refuses them", "adalah gudang produksi dan menolaknya")
            ),
        ),
        Ok(_) => {
            let detail = format!(
                "{} {}",
                dir.display(),
                lang.pick(
                    "is a sample store: it takes cards that anyone can make",
                    "adalah gudang contoh: menerima kartu yang dapat dibuat siapa saja"
                )
            );
            Finding::bad(CHECK, Reason::SampleKey, detail, mend)
        }
        Err(error) => Finding::bad(CHECK, error.reason(), format!("{}: {error}", dir.display()), mend),
    }
}
