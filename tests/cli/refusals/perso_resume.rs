//! `perso resume` and `perso status`.

use super::Refusal::{Act, But, Line, Same};
use super::desk::{self, Job, resume_with};
use super::laid::Trap;
use super::place::Place;
use super::{Rows, Yes, perso_run};
use crate::contract::Run;
use ektp::softchip::faults::Fault;

const KIT: &str = "@kit";
const PASS: &str = "file:@sample";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "perso resume",
        yes: Yes::Act(|place| resume_with(place, vec![])),
        refusals: &[
            Act("card-removed", |p| resume_with(p, vec![Trap::nth(desk::store_data, 3, Fault::RemovedBefore)])),
            Act("card-not-ours", |p| resume_with(p, vec![Trap::first(desk::select, Fault::WrongStatusInstead(0x6A82))])),
            Act("unexpected-answer", |p| resume_with(p, vec![Trap::first(desk::select, Fault::Oversize(1))])),
            Act("card-auth-failed", |p| resume_with(p, vec![Trap::first(desk::initialize_update, Fault::BitFlippedOut(8 * 24))])),
            Act("secure-channel-broken", |p| resume_with(p, vec![Trap::first(desk::store_data, Fault::BitFlippedOut(3))])),
            Act("pace-absent", |p| {
                let refused = |n| Trap::nth(desk::plain_read, n, Fault::WrongStatusInstead(0x6A82));
                resume_with(p, (0..3).map(refused).collect())
            }),
            Act("wrong-can", |p| resume_with(p, vec![Trap::first(desk::pace_confirm, Fault::WrongStatusInstead(0x6300))])),
            Act("channel-forged", |p| resume_with(p, vec![Trap::first(desk::protected_read, Fault::WrongStatusInstead(0x9000))])),
            Act("read-back-differs", |p| {
                resume_with(p, Trap::twice_behind(desk::chip_authentication, 1, Fault::WrongStatusInstead(0x6F00)))
            }),
            Act("job-quarantined", |p| resume_with(p, vec![Trap::first(desk::lock, Fault::RemovedAfter)])),
            Act("card-not-blank", |p| {
                let (first, second) = (Job::new(p), Job::new(p));
                first.run(&first.lay(vec![]), "").yes();
                let not_ours = second.lay(vec![Trap::first(desk::select, Fault::WrongStatusInstead(0x6A82))]);
                second.run(&not_ours, "").refused(22, "card-not-ours");
                second.resume(&second.lay_other(&first.chip, vec![]), "")
            }),
            Act("wrong-card", |p| begun(p, |job| job.resume(&job.lay_other(&Job::new(p).chip, vec![]), ""))),
            Act("wrong-state", |p| begun(p, |job| job.resume(&job.lay_other(&job.impostor(), vec![]), ""))),
            Act("group-not-read", |p| {
                let job = Job::new(p);
                let unsure = job.lay(vec![Trap::first(desk::lock, Fault::WrongStatusInstead(0x6F00))]);
                job.run(&unsure, "").refused(24, "secure-channel-broken");
                job.resume(&job.lay_other(&job.impostor(), vec![]), "")
            }),
            Act("job-void", |p| {
                begun(p, |job| {
                    job.resume(&job.lay(vec![]), "--give-up").yes();
                    job.resume(&job.lay(vec![]), "")
                })
            }),
            Act("data-inconsistent", |p| {
                let job = Job::new(p);
                job.until(desk::commit);
                job.tamper("UPDATE perso_key SET public_key = CAST(X'04' || zeroblob(64) AS BLOB)");
                job.resume(&job.lay(vec![]), "")
            }),
            Act("hash-mismatch", |p| {
                begun(p, |job| {
                    job.tamper("UPDATE perso_chain SET n = 5");
                    job.resume(&job.lay(vec![]), "")
                })
            }),
            Act("signer-refused", |p| begun(p, |job| job.resume(&job.lay(vec![]), "--signer-name another"))),
            Act("key-store-unavailable", |p| {
                let job = Job::new(p);
                job.run(&job.lay(vec![]), "--expect-serial 000102030405060708FF").refused(22, "wrong-card");
                job.resume(&job.lay(vec![]), "--mode online --signer @none")
            }),
            Act("job-conflict", |p| begun(p, |job| job.resume(&job.lay(vec![]), "--mode online --signer @none"))),
            Act("duplicate-issue", |p| {
                let job = Job::new(p);
                job.until(desk::commit);
                // The chip's key stands under another job's name: what a chip that repeats its random numbers makes.
                job.tamper("UPDATE perso_key SET job = 'another'");
                job.resume(&job.lay(vec![]), "")
            }),
            Act("does-not-fit", |p| {
                let job = Job::new(p);
                job.without_room();
                job.run(&job.lay(vec![]), "").refused(25, "does-not-fit");
                job.resume(&job.lay(vec![]), "")
            }),
            Act("file-unreadable", |p| begun(p, |job| job.resume_after(|| std::fs::remove_dir_all(job.image()).unwrap()))),
            Act("input-invalid", |p| begun(p, |job| job.resume_after(|| job.replace("manifest.json", "{}")))),
            Act("encoding-invalid", |p| begun(p, |job| job.resume_after(|| job.replace("files.cms", "hello")))),
            Act("image-altered", |p| begun(p, |job| job.resume_after(|| job.alter_seal()))),
            Act("authorization-invalid", |p| begun(p, |job| job.resume_after(|| job.replace("authorization.json", "{}")))),
            Act("job-conflict", |p| begun(p, |job| job.resume_after(|| job.take_image_of(&Job::new(p))))),
        ],
    },
    Rows {
        verb: "perso resume",
        yes: Yes::Elsewhere("--job-id begun --store @begun.db --kit @kit --passphrase file:@sample --reader unix:@none"),
        refusals: &[
            Same("no-reader"),
            But("service-down", "unix:@none", "port:00-00"),
            But("usage", "begun", "no/slash"),
            But("wrong-state", "begun", "unknown"),
            But("file-unreadable", "@begun.db", "@garbage"),
            But("input-invalid", PASS, "sample"),
            But("login-needed", PASS, "file:@wrong"),
            But("key-missing", KIT, "@kit-key-missing"),
            But("encoding-invalid", KIT, "@kit-encoding-invalid"),
            But("certificate-invalid", KIT, "@kit-certificate-invalid"),
            But("terminal-not-accepted", KIT, "@kit-terminal-not-accepted"),
            But("untrusted-issuer", KIT, "@kit-untrusted-issuer"),
            But("sample-key", KIT, "@kit-sample-key"),
            But("crl-rollback", KIT, "@kit-crl-stale"),
        ],
    },
    Rows {
        verb: "perso status",
        yes: Yes::Line("--store @begun.db --job-id begun"),
        refusals: &[
            But("usage", "begun", "no/slash"),
            But("wrong-state", "begun", "unknown"),
            But("file-unreadable", "@begun.db", "@none"),
            But("file-unreadable", "@begun.db", "@garbage"),
            Line("hash-mismatch", "--store @broken.db"),
        ],
    },
];

pub fn run() {
    let place = perso_run::prepared();
    let job = Job::called(&place, "begun".to_owned(), place.bureau().renumbered(), desk::next());
    job.until(desk::store_data);
    let broken = Job::called(&place, "broken".to_owned(), place.bureau().renumbered(), desk::next());
    broken.until(desk::store_data);
    broken.tamper("UPDATE perso_chain SET n = 5");
    super::run_all(ROWS, &place);
}

/// A job that stopped in the middle of its files, and what is done with it.
fn begun(place: &Place, act: impl FnOnce(&Job<'_>) -> Run) -> Run {
    let job = Job::new(place);
    job.until(desk::store_data);
    act(&job)
}
