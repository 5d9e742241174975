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

/// pcscd, readers and slots: three findings, whatever could be looked at.
fn service_and_readers(lang: Lang) -> Vec<Finding> {
    let context = match pcsc::Context::establish(pcsc::Scope::User) {
        Ok(context) => context,
        Err(error) => return without_service(&error, lang),
    };
    let service = Finding::good("pcscd", lang.pick("answers", "menjawab"));
    match context.list_readers_owned() {
        Ok(names) => {
            let names: Vec<String> = names.iter().map(|r| r.to_string_lossy().into_owned()).collect();
            vec![service, readers(&names, lang), slots(names.len(), lang)]
        }
        Err(pcsc::Error::NoReadersAvailable) => vec![service, readers(&[], lang), slots(0, lang)],
        Err(error) => {
            let why = format!("{} ({error})", lang.pick("pcscd did not list the readers", "pcscd tidak memberi daftar pembaca"));
            let finding = |check| not_looked(check, &why, "sudo systemctl restart pcscd.socket pcscd", lang);
            vec![service, finding("readers"), finding("slots")]
        }
    }
}

/// Without the service nothing of the readers can be looked at, and each finding says so.
fn without_service(error: &pcsc::Error, lang: Lang) -> Vec<Finding> {
    const MEND: &str = "sudo apt-get install pcscd && sudo systemctl start pcscd.socket";
    let why = lang.pick("the smart card service does not answer", "layanan kartu cerdas tidak menjawab");
    let service = Finding::bad("pcscd", Reason::ServiceDown, format!("{why} ({error})"), MEND);
    vec![service, not_looked("readers", why, MEND, lang), not_looked("slots", why, MEND, lang)]
}

fn not_looked(check: &'static str, why: &str, mend: &str, lang: Lang) -> Finding {
    let detail = format!("{} {why}", lang.pick("could not look, because", "tidak dapat diperiksa, karena"));
    Finding::bad(check, Reason::ServiceDown, detail, mend)
}

fn readers(names: &[String], lang: Lang) -> Finding {
    if !names.is_empty() {
        return Finding::good("readers", format!("{}: {}", names.len(), names.join(", ")));
    }
    Finding::bad(
        "readers",
        Reason::NoReader,
        lang.pick(
            "no reader is attached: plug a contactless PC/SC reader in; one that is plugged in already lacks its driver, which the \
             command brings for every USB reader of the CCID class (without any reader, `ektp demo card` and `ektp verify card \
             --sample good` still show what a card is)",
            "tidak ada pembaca terpasang: pasang pembaca PC/SC nirsentuh; bila sudah terpasang, drivernya belum ada, dan perintah ini \
             memasangnya untuk semua pembaca USB kelas CCID (tanpa pembaca pun, `ektp demo card` dan `ektp verify card --sample good` \
             menunjukkan apa itu kartu)",
        ),
        "sudo apt-get install libccid && sudo systemctl restart pcscd.socket && ektp reader list",
    )
}

/// Most readers of one pcscd.
const SLOTS: usize = 16;

fn slots(taken: usize, lang: Lang) -> Finding {
    if taken < SLOTS {
        return Finding::good("slots", format!("{taken}/{SLOTS} {}", lang.pick("taken", "terpakai")));
    }
    Finding::bad(
        "slots",
        Reason::NoReader,
        lang.pick(
            "all 16 slots are taken: further readers need a pcscd and station of their own",
            "ke-16 slot terpakai: pembaca lain perlu pcscd dan stasiun sendiri",
        ),
        "ektp reader list",
    )
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
    fn readers_and_slots_are_found_whatever_could_be_looked_at() {
        let down = without_service(&pcsc::Error::NoService, Lang::En);
        let told: Vec<_> = down.iter().map(|f| (f.check, f.ok, f.reason)).collect();
        let expected = ["pcscd", "readers", "slots"].map(|check| (check, false, Some(Reason::ServiceDown)));
        assert_eq!(told, expected);
        for finding in down.iter().skip(1) {
            assert_eq!(finding.detail, "could not look, because the smart card service does not answer");
            assert_eq!(finding.mend, down[0].mend);
        }
        let none = readers(&[], Lang::En);
        assert_eq!((none.ok, none.reason), (false, Some(Reason::NoReader)));
        assert!(!none.mend.unwrap().contains("scripts/"), "whoever has only the program has no scripts");
        assert_eq!(slots(0, Lang::En).detail, "0/16 taken");
        assert!(slots(15, Lang::En).ok && !slots(16, Lang::En).ok);
        assert_eq!(readers(&["ACS 00".into()], Lang::En).detail, "1: ACS 00");
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
