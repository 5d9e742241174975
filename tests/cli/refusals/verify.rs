//! `verify card` of evidence files, and `verify person`.

use super::Refusal::{Act, But, Line, Same};
use super::cards::Cards;
use super::place::Place;
use super::{Rows, Yes, stores};
use crate::contract::Run;
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
            Line(
                "status-list-gap",
                "@good.json --trust @trust --state @pulling --status-list @whole.cwt --status-list @delta-3.cwt",
            ),
            // The deltas after it make it a list in which the card is suspended; and a folder is read as what it holds.
            Line(
                "card-suspended",
                "@good.json --trust @trust --state @pulling --status-list @whole.cwt --status-list @delta-2.cwt --status-list @delta-3.cwt",
            ),
            Line("card-suspended", "@good.json --trust @trust --state @folder-state --status-list @pulled"),
            Line("could-not-decide", "@good.json --trust @trust --state @state --status-list @torn"),
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
        verb: "verify card",
        yes: Yes::Elsewhere(
            "@good.json --trust @trust --state @pulling --status-list @active.cwt --log @bank.log --for account-opening",
        ),
        refusals: &[
            Act("audit-altered", |p| p.run("verify card @good.json --trust @trust --state @logged --log @line --for loan")),
            Line("input-invalid", "@good.json --trust @trust --state @logged --log @bank.log --for 3171010101900001"),
            Line("usage", "@good.json --trust @trust --state @logged --log @bank.log"),
            Line("usage", "@good.json --trust @trust --state @logged --for loan"),
            Line("file-unreadable", "@good.json --trust @trust --state @logged --log @none/log --for loan"),
        ],
    },
    Rows {
        verb: "verify log",
        yes: Yes::Act(recorded),
        refusals: &[
            Line("audit-altered", "@altered.log"),
            Line("store-rolled-back", "@bank.log --known 9:0000000000000000000000000000000000000000000000000000000000000000"),
            Line("input-invalid", "@huge.log"),
            Line("file-unreadable", "@none"),
            Line("output-exists", "@bank.log --out @taken"),
            Line("usage", "@bank.log --known here"),
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
            Line("audit-altered", "@good.json --trust @trust --probe %samples/right-index.fmr --log @line --for loan"),
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
    place.write("line", b"hello\n");
    std::fs::File::create(place.at("huge.log")).unwrap().set_len(2 << 30).unwrap();
    probes(&place);
    evidence(&place, &cards);
    super::run_all(ROWS, &place);
}

/// What a bank verifies is recorded by purpose and fields, and with no value of anybody.
fn recorded(place: &Place) -> Run {
    let bank = "--log @bank.log --for";
    let judged = "verify card @good.json --trust @trust --state @bank --status-list @active.cwt";
    place.run(&format!("{judged} {bank} account-opening")).refused(45, "presence-not-proven");
    place.run(&format!("{judged} {bank} loan")).refused(45, "presence-not-proven");
    let person = "verify person @good.json --trust @trust --probe %samples/right-index.fmr";
    place
        .run_in(&format!("{person} --for account-opening"), &[("EKTP_VERIFICATIONS", place.at("bank.log").to_str().unwrap())])
        .yes();
    let kept = String::from_utf8(place.read("bank.log")).unwrap();
    let good: serde_json::Value = serde_json::from_slice(&place.read("good.json")).unwrap();
    let document = serde_json::to_string(&good).unwrap();
    let values = ["3171", "SPESIMEN", "BUDI", "SITI"];
    assert!(values.iter().all(|value| !kept.contains(value)), "{kept}");
    // No piece of what was read stands there either: sixteen digits of any of its bytes in hexadecimal.
    let digits =
        |text: &str| text.split('"').filter(|part| part.len() > 100).map(|part| part[20..60].to_owned()).collect::<Vec<_>>();
    assert!(digits(&document).iter().all(|piece| !kept.contains(piece.as_str())));
    place.write("altered.log", kept.replacen("account-opening", "account-closing", 1));
    let all = place.run("verify log @bank.log --records");
    let data = all.yes().data();
    let purposes: Vec<&str> = data["records"].as_array().unwrap().iter().map(|r| r["purpose"].as_str().unwrap()).collect();
    assert_eq!(purposes, ["account-opening", "loan", "account-opening"]);
    assert!(data["records"][0]["fields"].as_str().unwrap().contains("DG11"), "{data}");
    assert_eq!(data["records"][2]["of"], "person");
    let mark = data["mark"].as_str().unwrap().to_owned();
    place.run(&format!("verify log @bank.log --known {mark}")).yes();
    place.run("verify log @bank.log --day 2020-01-01 --until 2020-01-02 --out @counts.csv")
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
    let (whole, deltas) = cards.deltas(&[CardStatus::NotHandedOver, CardStatus::Active, CardStatus::Suspended]);
    std::fs::create_dir(place.at("pulled")).unwrap();
    std::fs::create_dir(place.at("torn")).unwrap();
    place.write("torn/status-list.cwt", &whole[..whole.len() - 1]);
    for (name, bytes) in [("whole", &whole), ("delta-2", &deltas[0]), ("delta-3", &deltas[1])] {
        place.write(&format!("{name}.cwt"), bytes);
        let published = if name == "whole" { "list".to_owned() } else { name.to_owned() };
        place.write(&format!("pulled/status-{published}.cwt"), bytes);
    }
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
