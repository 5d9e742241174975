//! `verify card` of evidence files, and `verify person`.

use super::Refusal::{Act, But, Line, Same};
use super::cards::Cards;
use super::place::Place;
use super::{Rows, Yes, stores};
use ektp::finger::position::FingerPosition::RightIndex;
use ektp::finger::template::{encode_record_2005, synthetic};
use ektp::lds::com::Com;
use ektp::lds::dg13::Dg13;
use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;
use ektp::pki::sample::{Kit, Roots};
use ektp::pki::status_list::CardStatus;
use ektp::verify::evidence::Content;
use ektp::verify::state_dir::StateDir;
use ektp::verify::{Challenge, Evidence, JudgeState as _};
use ektp::world::{Clock, SystemClock, system_entropy};
use jiff::SignedDuration;

const GOOD: &str = "@good.json";
const TRUST: &str = "@trust";
const LIST: &str = "@active.cwt";
/// A finger of the card.
const PROBE: &str = "%samples/right-index.fmr";

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "verify card",
        yes: Yes::Line("--sample good"),
        refusals: &[
            But("clone-suspected", "good", "cloned"),
            But("hash-mismatch", "good", "altered"),
            But("card-expired", "good", "expired"),
            But("status-list-stale", "good", "stale"),
            But("untrusted-issuer", "good", "wrong-issuer"),
        ],
    },
    Rows {
        verb: "verify card",
        yes: Yes::Elsewhere("@good.json --trust @trust --state @state --status-list @active.cwt"),
        refusals: &[
            But("usage", "--state", "--no-state"),
            Same("presence-not-proven"),
            But("input-invalid", GOOD, "@garbage"),
            But("file-unreadable", GOOD, "@none"),
            But("file-unreadable", "@state", "@garbage"),
            But("signature-invalid", GOOD, "@signature.json"),
            But("group-missing", GOOD, "@missing.json"),
            But("group-not-read", GOOD, "@unread.json"),
            But("group-unsigned", GOOD, "@unsigned.json"),
            But("data-inconsistent", GOOD, "@inconsistent.json"),
            But("pace-absent", GOOD, "@plain.json"),
            But("certificate-invalid", GOOD, "@purpose.json"),
            But("certificate-expired", GOOD, "@old.json"),
            But("certificate-revoked", TRUST, "@trust-revoked"),
            But("encoding-invalid", TRUST, "@trust-encoding"),
            But("untrusted-issuer", TRUST, "@trust-untrusted"),
            But("sample-key", TRUST, "@trust-sample"),
            But("crl-rollback", TRUST, "@trust-rollback"),
            But("crl-stale", TRUST, "@trust-without-lists"),
            But("could-not-decide", LIST, "@garbage"),
            But("status-list-stale", LIST, "@old.cwt"),
            But("status-index-unknown", LIST, "@short.cwt"),
            But("card-revoked", LIST, "@revoked.cwt"),
            But("card-suspended", LIST, "@suspended.cwt"),
            But("card-not-handed-over", LIST, "@stock.cwt"),
            Line("card-handed-over", "@good.json --trust @trust --state @state --status-list @active.cwt --purpose handover"),
            Line(
                "challenge-missing",
                "@good.json --challenge @other.challenge --trust @trust --state @state --status-list @active.cwt",
            ),
            Line("challenge-expired", "@good.json --challenge @challenge --trust @trust --state @aged --status-list @active.cwt"),
            Line(
                "challenge-unknown",
                "@good.json --challenge @challenge --trust @trust --state @other-judge --status-list @active.cwt",
            ),
            Act("status-list-rollback", |place| {
                place
                    .run("verify card @good.json --trust @trust --state @ahead --status-list @second.cwt")
                    .refused(45, "presence-not-proven");
                place.run("verify card @good.json --trust @trust --state @ahead --status-list @active.cwt")
            }),
            Act("challenge-replayed", |place| {
                let line =
                    "verify card @good.json --challenge @challenge --trust @trust --state @spent --status-list @active.cwt";
                place.run(line).yes();
                place.run(line)
            }),
        ],
    },
    Rows {
        verb: "verify person",
        yes: Yes::Line("@good.json --trust @trust --probe %samples/right-index.fmr"),
        refusals: &[
            But("person-mismatch", PROBE, "@other.fmr"),
            But("sample-too-poor", PROBE, "@poor.fmr"),
            But("finger-image-invalid", PROBE, "@cut.png"),
            But("resolution-unknown", PROBE, "@one.pgm"),
            Line("weights-missing", "@good.json --trust @trust --probe @one.pgm --dpi 500 --extractor leader --weights @none"),
            Line("capture-failed", "@good.json --trust @trust --capture false"),
            Act("presentation-attack", |place| {
                place.run_sensor("verify person @good.json --trust @trust", "--image @one.pgm --dpi 500 --attack")
            }),
            But("finger-not-on-card", PROBE, "%samples/right-middle.fmr"),
            But("no-finger-on-file", GOOD, "@without-fingers.json"),
            But("input-invalid", GOOD, "@garbage"),
            But("file-unreadable", GOOD, "@none"),
            But("template-invalid", PROBE, "@garbage"),
            But("group-not-read", GOOD, "%samples/evidence/good.json"),
            But("group-missing", GOOD, "@no-sod.json"),
            But("group-unsigned", GOOD, "@dg13-unsigned.json"),
            But("hash-mismatch", GOOD, "@other-fingers.json"),
            But("signature-invalid", GOOD, "@signature.json"),
            But("certificate-invalid", GOOD, "@purpose.json"),
            But("certificate-expired", GOOD, "@old.json"),
            But("certificate-revoked", TRUST, "@trust-revoked"),
            But("encoding-invalid", TRUST, "@trust-encoding"),
            But("untrusted-issuer", TRUST, "@trust-untrusted"),
            But("sample-key", TRUST, "@trust-sample"),
            But("crl-rollback", TRUST, "@trust-rollback"),
            But("certificate-unfit", TRUST, "@trust-certificate"),
        ],
    },
];

pub fn run() {
    let place = Place::new();
    let cards = Cards::citizen();
    place.save(&cards.kit);
    stores::make(&place, &cards.kit);
    stores::copy(&place.at("trust"), &place.at("trust-without-lists"));
    std::fs::remove_dir_all(place.at("trust-without-lists/crl")).unwrap();
    lists(&place, &cards);
    probes(&place);
    evidence(&place, &cards);
    super::run_all(ROWS, &place);
}

/// Fingers that are not the card's, or too little of one.
fn probes(place: &Place) {
    place.write("other.fmr", encode_record_2005(&synthetic::template(9, RightIndex, 40)).unwrap());
    place.write("poor.fmr", encode_record_2005(&synthetic::template(9, RightIndex, 6)).unwrap());
    let picture = std::fs::read(crate::contract::root().join("samples/signature.png")).unwrap();
    place.write("cut.png", &picture[..picture.len() / 2]);
    place.write("one.pgm", crate::ridges::pgm(1, 24));
}

fn lists(place: &Place, cards: &Cards) {
    place.write("active.cwt", cards.list(CardStatus::Active, 1, 0));
    place.write("second.cwt", cards.list(CardStatus::Active, 2, 0));
    place.write("old.cwt", cards.list(CardStatus::Active, 1, 24 * 10));
    place.write("revoked.cwt", cards.list(CardStatus::Revoked, 1, 0));
    place.write("suspended.cwt", cards.list(CardStatus::Suspended, 1, 0));
    place.write("stock.cwt", cards.list(CardStatus::NotHandedOver, 1, 0));
    place.write("short.cwt", cards.short_list());
}

/// A good reading, and readings that are wrong in one thing each.
fn evidence(place: &Place, cards: &Cards) {
    let now = SystemClock.now();
    let challenge = Challenge::draw(&mut system_entropy(), now);
    place.write("challenge", challenge.to_json());
    let other = Challenge::draw(&mut system_entropy(), now);
    place.write("other.challenge", other.to_json());
    let mut old: serde_json::Value = serde_json::from_slice(&challenge.to_json()).unwrap();
    old["made_at"] = (now - SignedDuration::from_hours(2)).to_string().into();
    let old = Challenge::from_json(old.to_string().as_bytes()).unwrap();
    for (judge, drawn) in [("state", &other), ("spent", &challenge), ("aged", &old)] {
        StateDir::open(&place.at(judge)).unwrap().draw(drawn).unwrap();
    }
    let good = cards.evidence(cards.honest(), Some(&challenge));
    place.write("good.json", good.to_json());
    let wrong = |name: &str, change: &dyn Fn(&mut Evidence)| {
        let mut evidence = good.clone();
        change(&mut evidence);
        place.write(name, evidence.to_json());
    };
    let swap =
        |file: FileId, bytes: Vec<u8>| move |e: &mut Evidence| drop(e.files.insert(file, Content::Bytes(bytes.clone().into())));
    let mut sod = good.file(FileId::Sod).unwrap().to_vec();
    *sod.last_mut().unwrap() ^= 1;
    wrong("signature.json", &swap(FileId::Sod, sod));
    let gone = |file: FileId, status: Option<u16>| {
        move |e: &mut Evidence| {
            e.files.remove(&file);
            e.probes.extend(status.map(|s| (file, s)));
        }
    };
    wrong("missing.json", &gone(FileId::Dg11, Some(0x6A82)));
    wrong("unread.json", &gone(FileId::Dg11, None));
    wrong("plain.json", &gone(FileId::CardAccess, None));
    wrong("no-sod.json", &gone(FileId::Sod, Some(0x6A82)));
    wrong("unsigned.json", &|e| {
        e.probes.insert(FileId::Dg3, 0x9000);
    });
    let mut com = Com::parse(good.file(FileId::Com).unwrap()).unwrap();
    com.tags.retain(|tag| *tag != 0x6B);
    wrong("inconsistent.json", &swap(FileId::Com, com.encode()));
    wrong("other-fingers.json", &swap(FileId::Fingers, vec![0x7F, 0x61, 0x03, 0x02, 0x01, 0x01]));
    signed_otherwise(place, cards, &good);
}

/// EF.SOD by another than the document signer of today, over other groups, and a card without fingers.
fn signed_otherwise(place: &Place, cards: &Cards, good: &Evidence) {
    let by = |name: &str, files: CardFiles| {
        let mut evidence = good.clone();
        evidence.files.insert(FileId::Sod, Content::Bytes(files.get(FileId::Sod).unwrap().to_vec().into()));
        place.write(name, evidence.to_json());
    };
    by("purpose.json", cards.files(&cards.kit.approver, |_| ()));
    let long_ago = SystemClock.now() - SignedDuration::from_hours(24 * 4_000);
    let old = Kit::under(Roots::compiled().unwrap(), long_ago, &mut system_entropy()).unwrap();
    by("old.json", cards.files(&old.ds, |_| ()));
    by("dg13-unsigned.json", cards.files(cards.signer(), |files| drop(files.0.remove(&FileId::Dg13))));
    let without = cards.files(cards.signer(), |files| {
        let empty = [0x7F, 0x61, 0x03, 0x02, 0x01, 0x00].to_vec();
        let mut national = Dg13::parse(files.get(FileId::Dg13).unwrap()).unwrap();
        national.fingers_digest = ektp::crypto::hash::sha256(&empty);
        files.insert(FileId::Dg13, national.encode());
        files.insert(FileId::Fingers, empty);
    });
    place.write("without-fingers.json", cards.evidence(cards.chip(without), None).to_json());
}
