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
    /// The journal, or the folder that it is or will be in: its disk is looked at
    #[arg(long, value_name = "PATH", default_value = ".")]
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
    findings.push(clock(jiff::Timestamp::now(), lang));
    findings.push(disk(&args.store, lang));
    findings.push(sample_keys(args.trust.as_deref(), lang));
    for finding in &findings {
        out.event("finding", finding);
        let mark = if finding.ok { lang.pick("ok", "ya") } else { lang.pick("FAIL", "GAGAL") };
        out.line(format!("{mark:<5} {:<12} {}", title(finding.check, lang), finding.detail));
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

/// What a check is called for people.
fn title(check: &'static str, lang: Lang) -> &'static str {
    let indonesian = match check {
        "readers" => "pembaca",
        "slots" => "slot",
        "clock" => "jam",
        "sample-keys" => "kunci contoh",
        other => other,
    };
    lang.pick(check, indonesian)
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
                    lang.pick(
                        "all 16 slots are taken: further readers need a pcscd and station of their own",
                        "ke-16 slot terpakai: pembaca lain perlu pcscd dan stasiun sendiri",
                    ),
                    "ektp reader list",
                )
            });
        }
        _ => findings.push(Finding::bad(
            "readers",
            Reason::NoReader,
            lang.pick(
                "no reader is attached: plug a contactless PC/SC reader in, or try a virtual one",
                "tidak ada pembaca terpasang: pasang pembaca PC/SC nirsentuh, atau coba pembaca semu",
            ),
            "scripts/pcscd-run ektp doctor",
        )),
    }
    findings
}

fn clock(now: jiff::Timestamp, lang: Lang) -> Finding {
    let second = now.as_second();
    let wrong = if second < BUILT_AFTER {
        lang.pick("is before this program was made", "lebih awal dari program ini dibuat")
    } else if second > BUILT_AFTER + LONGEST_USE {
        lang.pick("is decades after this program was made", "puluhan tahun setelah program ini dibuat")
    } else {
        return Finding::good("clock", format!("{now:.0}"));
    };
    Finding::bad("clock", Reason::CouldNotDecide, format!("{now:.0} {wrong}"), "sudo timedatectl set-ntp true")
}

/// Unix time of 2026-11-01: no station's clock is right before it.
const BUILT_AFTER: i64 = 1_793_491_200;
/// Twenty years, in seconds: nothing that this program trusts is accepted so long.
const LONGEST_USE: i64 = 20 * 31_557_600;

/// Room that a station should have, in bytes: that of some thousand jobs with their images.
const ROOM: u64 = 512 * 1_048_576;

fn disk(store: &Path, lang: Lang) -> Finding {
    // A journal is named as `ektp perso` takes it, whether it is there already or not.
    let folder =
        if store.is_dir() { store } else { store.parent().filter(|p| !p.as_os_str().is_empty()).unwrap_or(Path::new(".")) };
    let (shown, mend) = (folder.display(), format!("df -h {0}; ls -ld {0}", folder.display()));
    let probe = tempfile::NamedTempFile::new_in(folder).and_then(|f| {
        use std::io::Write;
        f.as_file().write_all(&[0; 65_536])?;
        f.as_file().sync_all()
    });
    if let Err(error) = probe {
        let what = lang.pick("takes no durable write", "tidak dapat ditulisi dengan aman");
        return Finding::bad("disk", Reason::of_io(error.kind()), format!("{shown} {what} ({})", error.kind()), mend);
    }
    let takes = lang.pick("takes a durable write", "dapat ditulisi dengan aman");
    let Some(free) = free_space(folder) else { return Finding::good("disk", format!("{shown} {takes}")) };
    let free_text = format!("{} MiB {}", free / 1_048_576, lang.pick("free", "kosong"));
    if free < ROOM {
        let little = lang.pick("has little room", "ruangnya sedikit");
        return Finding::bad("disk", Reason::DiskFull, format!("{shown} {little}: {free_text}"), mend);
    }
    Finding::good("disk", format!("{shown} {takes}, {free_text}"))
}

/// Bytes that this user may still write there, where the system tells.
#[cfg(unix)]
fn free_space(folder: &Path) -> Option<u64> {
    let found = rustix::fs::statvfs(folder).ok()?;
    Some(found.f_bavail.saturating_mul(found.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_: &Path) -> Option<u64> {
    None
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
    let mend = format!(
        "ektp pki trust-new {0}-production --kind production && ektp pki trust-add {0}-production csca.pem --as csca && \
         ektp pki trust-add {0}-production operations.pem --as operations",
        dir.display()
    );
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

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Finding {
        clock(text.parse().unwrap(), Lang::En)
    }

    #[test]
    fn a_clock_is_wrong_before_the_program_was_made_and_decades_after() {
        assert!(at("2026-11-02T00:00:00Z").ok && at("2046-10-30T00:00:00Z").ok);
        for (wrong, why) in [
            ("2026-10-31T23:59:59Z", "is before this program was made"),
            ("2046-11-02T00:00:00Z", "is decades after this program was made"),
            ("2099-01-01T00:00:00Z", "is decades after this program was made"),
        ] {
            let finding = at(wrong);
            assert_eq!((finding.ok, finding.reason), (false, Some(Reason::CouldNotDecide)));
            assert_eq!(finding.detail, format!("{wrong} {why}"));
            assert_eq!(finding.mend.as_deref(), Some("sudo timedatectl set-ntp true"));
        }
    }
}
