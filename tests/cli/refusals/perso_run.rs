//! `perso run`.

use super::Refusal::{Act, But, Line, Same};
use super::desk::{self, Job, run_with};
use super::laid::Trap;
use super::place::Place;
use super::{Rows, Yes, card, plain, stores};
use crate::bureau::Bureau;
use ektp::softchip::faults::Fault;

const IMAGE: &str = "@image-base";
const KIT: &str = "@kit";
const PASS: &str = "file:@sample";
const RECORD: &str = "@record-citizen.json";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "perso run",
        yes: Yes::Act(|place| run_with(place, vec![])),
        refusals: &[
            Act("card-removed", |p| run_with(p, vec![Trap::nth(desk::store_data, 3, Fault::RemovedBefore)])),
            Act("card-not-ours", |p| run_with(p, vec![Trap::first(desk::select, Fault::WrongStatusInstead(0x6A82))])),
            Act("unexpected-answer", |p| run_with(p, vec![Trap::first(desk::select, Fault::Oversize(1))])),
            // A bit of the card cryptogram.
            Act("card-auth-failed", |p| run_with(p, vec![Trap::nth(desk::initialize_update, 2, Fault::BitFlippedOut(8 * 24))])),
            Act("secure-channel-broken", |p| run_with(p, vec![Trap::first(desk::store_data, Fault::BitFlippedOut(3))])),
            Act("pace-absent", |p| {
                let refused = |n| Trap::nth(desk::plain_read, n, Fault::WrongStatusInstead(0x6A82));
                run_with(p, (0..3).map(refused).collect())
            }),
            Act("wrong-can", |p| run_with(p, vec![Trap::first(desk::pace_confirm, Fault::WrongStatusInstead(0x6300))])),
            Act("channel-forged", |p| run_with(p, vec![Trap::first(desk::protected_read, Fault::WrongStatusInstead(0x9000))])),
            Act("read-back-differs", |p| {
                run_with(p, Trap::twice_behind(desk::chip_authentication, 1, Fault::WrongStatusInstead(0x6F00)))
            }),
            Act("job-quarantined", |p| run_with(p, vec![Trap::first(desk::lock, Fault::RemovedAfter)])),
            Act("card-not-blank", |p| {
                let (first, second) = (Job::new(p), Job::new(p));
                first.run(&first.lay(vec![]), "").yes();
                second.run(&second.lay_other(&first.chip, vec![]), "")
            }),
            Act("wrong-card", |p| {
                let job = Job::new(p);
                job.run(&job.lay(vec![]), "--expect-serial 000102030405060708FF")
            }),
            Act("wrong-state", |p| {
                let job = Job::new(p);
                job.until(desk::store_data);
                job.run(&job.lay_other(&job.impostor(), vec![]), "")
            }),
            Act("group-not-read", |p| {
                let job = Job::new(p);
                job.run(&job.lay(vec![Trap::first(desk::lock, Fault::WrongStatusInstead(0x6F00))]), "")
                    .refused(24, "secure-channel-broken");
                job.run(&job.lay_other(&job.impostor(), vec![]), "")
            }),
            Act("job-void", |p| {
                let job = Job::new(p);
                job.until(desk::store_data);
                job.resume(&job.lay(vec![]), "--give-up").yes();
                job.run(&job.lay(vec![]), "")
            }),
            Act("data-inconsistent", |p| {
                let job = Job::new(p);
                job.until(desk::commit);
                job.tamper("UPDATE perso_key SET public_key = CAST(X'04' || zeroblob(64) AS BLOB)");
                job.run(&job.lay(vec![]), "")
            }),
            Act("hash-mismatch", |p| {
                let job = Job::new(p);
                job.until(desk::store_data);
                job.tamper("UPDATE perso_chain SET n = 5");
                job.run(&job.lay(vec![]), "")
            }),
            Act("duplicate-issue", |p| {
                let first = Job::new(p);
                let second = Job::of(p, first.built.clone());
                first.until(desk::store_data);
                std::fs::copy(p.at(&format!("{}.db", first.name)), p.at(&format!("{}.db", second.name))).unwrap();
                second.run(&second.lay(vec![]), "")
            }),
            Act("job-conflict", |p| {
                let job = Job::new(p);
                job.run(&job.lay(vec![]), "").yes();
                p.run(&format!("perso run @image-other --job-id {0} --store @{0}.db --kit @kit --reader unix:@none", job.name))
            }),
            Act("signer-refused", |p| {
                let job = Job::new(p);
                job.run(&job.lay(vec![]), "--signer-name another")
            }),
            Act("key-store-unavailable", |p| {
                let job = Job::new(p);
                job.run(&job.lay(vec![]), "--mode online --signer @none")
            }),
        ],
    },
    Rows {
        verb: "perso run",
        yes: Yes::Elsewhere("@image-base --store @base.db --kit @kit --passphrase file:@sample --chunk 223 --reader unix:@none"),
        refusals: &[
            Same("no-reader"),
            But("service-down", "unix:@none", "port:00-00"),
            But("usage", "223", "240"),
            But("file-unreadable", IMAGE, "@none"),
            But("input-invalid", IMAGE, "@image-manifest"),
            But("encoding-invalid", IMAGE, "@image-unsealed"),
            But("image-altered", IMAGE, "@image-altered"),
            But("authorization-invalid", IMAGE, "@image-unapproved"),
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
        verb: "perso run",
        yes: Yes::Elsewhere(
            "@record-citizen.json --job-id bare --profile ektp-8k --store @bare.db --kit @kit --reader unix:@none",
        ),
        refusals: &[
            Same("no-reader"),
            But("usage", "--job-id", "--printer-job"),
            But("job-conflict", RECORD, "@record-foreigner.json"),
            Line("not-permitted", "@record-citizen.json --job-id n --store @n.db --kit @kit-not-permitted --reader unix:@none"),
            Line("record-invalid", "@record.json --job-id n --store @n.db --kit @kit --reader unix:@none"),
            Line("image-invalid", "@picture.json --job-id n --store @n.db --kit @kit --reader unix:@none"),
            Line("template-invalid", "@template.json --job-id n --store @n.db --kit @kit --reader unix:@none"),
            Line(
                "profile-invalid",
                "@record-citizen.json --job-id n --profile none --store @n.db --kit @kit --reader unix:@none",
            ),
            Line(
                "does-not-fit",
                "@record-citizen.json --job-id n --profile @small.toml --store @n.db --kit @kit --reader unix:@none",
            ),
            Line(
                "password-not-printed",
                "@record-citizen.json --job-id n --profile @unprinted.toml --store @n.db --kit @kit --reader unix:@none",
            ),
            Act("numbers-used-up", |p| {
                std::fs::copy(p.at("one.db"), p.at("full.numbers")).unwrap();
                p.run("perso run @record-citizen.json --job-id n --profile @one.toml --store @full.db --kit @kit --reader unix:@none")
            }),
        ],
    },
];

pub fn run() {
    let place = prepared();
    super::run_all(ROWS, &place);
}

/// A bureau with images and kits that are wrong in one thing each.
pub fn prepared() -> Place {
    let place = Place::of(Bureau::new());
    plain::records(&place);
    card::profiles(&place);
    stores::make(&place, &place.bureau().kit);
    stores::kits(&place);
    let built = place.bureau().renumbered();
    for job in ["base", "manifest", "unsealed", "altered", "unapproved"] {
        place.bureau().image(&built, job);
    }
    place.bureau().image(&place.bureau().renumbered(), "other");
    place.write("image-manifest/manifest.json", "{}");
    place.write("image-unsealed/files.cms", "hello");
    let mut sealed = place.read("image-altered/files.cms");
    *sealed.last_mut().unwrap() ^= 1;
    place.write("image-altered/files.cms", sealed);
    place.write("image-unapproved/authorization.json", "{}");
    place
}
