//! What opens a card in the field: each password from a file or standard input, and what is refused before anything is sent.

use crate::bureau::{Bureau, lay};
use crate::contract::{Run, ektp, ektp_with};
use ektp::lds::build::Built;
use ektp::lds::profile::Face;

/// A card that `perso run` made, on a reader of its own.
struct Laid {
    bureau: Bureau,
    built: Built,
    reader: String,
}

impl Laid {
    fn new() -> Self {
        Self::of(Bureau::new())
    }

    fn of(bureau: Bureau) -> Self {
        let built = bureau.built();
        let image = bureau.image(&built, "job-1");
        let reader = lay(&bureau.blank(1), bureau.dir.path().join("chip"));
        let (store, kit) = (bureau.path("journal.db"), bureau.path("kit"));
        ektp(&["perso", "run", &image, "--store", &store, "--reader", &reader, "--kit", &kit]).yes();
        Self { bureau, built, reader }
    }

    /// The zone as the card's back and `card inspect` show it.
    fn zone(&self) -> String {
        let zone = self.built.mrz.expose();
        format!("{}\n{}\n{}\n", &zone[..30], &zone[30..60], &zone[60..])
    }

    fn file(&self, text: &str) -> String {
        let path = self.bureau.path("secret");
        std::fs::write(&path, text).unwrap();
        format!("file:{path}")
    }

    /// `ektp read` of this card.
    #[track_caller]
    fn read(&self, option: &str, text: &str) -> Run {
        let (source, evidence) = (self.file(text), self.bureau.path("evidence.json"));
        let _ = std::fs::remove_file(&evidence);
        ektp(&["read", "--reader", &self.reader, option, &source, "--output", &evidence])
    }

    /// `ektp verify card` of this card.
    #[track_caller]
    fn judge(&self, option: &str, text: &str) -> Run {
        let (source, trust, state) = (self.file(text), self.bureau.path("kit/trust"), self.bureau.path("judge"));
        ektp(&["verify", "card", "--reader", &self.reader, option, &source, "--trust", &trust, "--state", &state])
    }

    /// `ektp read` where a chip that anything was sent to would be missed: exit 20.
    #[track_caller]
    fn unsent(&self, option: &str, text: &str) -> Run {
        let (source, evidence) = (self.file(text), self.bureau.path("none.json"));
        ektp(&["read", "--reader", "unix:/nonexistent/chip", option, &source, "--output", &evidence])
    }
}

#[test]
fn a_zone_opens_its_card_however_it_is_written() {
    let card = Laid::new();
    let key_text = card.built.key_text.as_ref().unwrap().expose().clone();
    let one_line = card.zone().replace('\n', "");
    for text in [card.zone(), card.zone().replace('\n', "\r\n"), one_line, key_text] {
        card.read("--mrz", &text).yes();
        let evidence = std::fs::read_to_string(card.bureau.path("evidence.json")).unwrap();
        let evidence: serde_json::Value = serde_json::from_str(&evidence).unwrap();
        assert_eq!(evidence["pace"]["password"], "mrz");
    }
    let by_input = ["read", "--reader", &card.reader, "--mrz", "-", "--output", &card.bureau.path("evidence.json")];
    // What was read before is not written over; nobody is asked for a card whose reading has no place.
    ektp_with(&by_input, &card.zone()).refused(12, "output-exists");
    std::fs::remove_file(card.bureau.path("evidence.json")).unwrap();
    ektp_with(&by_input, &card.zone()).yes();
    card.read("--can", card.built.numbers.can.expose()).yes();
}

#[test]
fn a_card_with_a_can_alone_opens_to_nothing_else() {
    let card = Laid::of(Bureau::new().with_face(Face::Can));
    card.read("--can", card.built.numbers.can.expose()).yes();
    let zone = card.read("--mrz", &card.zone());
    zone.refused(27, "password-not-on-card");
    assert!(zone.result["next"].as_str().unwrap().contains("--can"));
    card.judge("--mrz", &card.zone()).refused(27, "password-not-on-card");
}

#[test]
fn a_card_of_the_existing_face_opens_to_nik_and_dates() {
    let card = Laid::of(Bureau::new().with_face(Face::Legacy));
    let record: serde_json::Value = serde_json::from_str(ektp::record::sample::CITIZEN).unwrap();
    let text = |field: &str| record[field].as_str().unwrap().to_owned();
    let (nik, birth, issue) = (text("nik"), text("birth_date"), text("date_of_issue"));
    let turned = |day: &str| day.split('-').rev().collect::<Vec<_>>().join("-");
    card.read("--legacy", &format!("{nik}\n{birth}\n{issue}\n")).yes();
    let evidence = std::fs::read_to_string(card.bureau.path("evidence.json")).unwrap();
    let evidence: serde_json::Value = serde_json::from_str(&evidence).unwrap();
    assert_eq!(evidence["pace"]["password"], "mrz");
    // As the face prints dates.
    card.read("--legacy", &format!("{nik}\n{}\n{}\n", turned(&birth), turned(&issue))).yes();
    let wrong = card.read("--legacy", &format!("{nik}\n{birth}\n{birth}\n"));
    wrong.refused(27, "wrong-legacy");
    assert!(!wrong.result.to_string().contains(&nik));
    card.judge("--legacy", &format!("{nik}\n{birth}\n{birth}\n")).refused(27, "wrong-legacy");
    // Its chip has no CAN, though every image has one.
    card.read("--can", card.built.numbers.can.expose()).refused(27, "password-not-on-card");
    card.unsent("--legacy", &format!("{nik}\n{birth}\n")).refused(10, "input-invalid");
    let on_command_line = ektp(&["read", "--reader", &card.reader, "--legacy", &nik, "-o", "x"]);
    on_command_line.refused(10, "input-invalid");
    assert!(!on_command_line.result.to_string().contains(&nik));
    let (image, key) = (card.bureau.image(&card.bureau.built(), "job-2"), card.bureau.path("kit/bureau.key.pem"));
    let pass = card.file("sample");
    let can = ["card", "inspect", &image, "--key", &key, "--passphrase", &pass, "--can-to", "can"];
    ektp(&can).refused(25, "password-not-printed");
}

#[test]
fn what_can_be_no_password_is_never_sent() {
    let card = Laid::new();
    let zone = card.zone();
    card.unsent("--mrz", &zone).refused(20, "no-reader");
    let birth_digit = if zone.as_bytes()[37] == b'0' { "1" } else { "0" };
    let wrong_digit = format!("{}{birth_digit}{}", &zone[..37], &zone[38..]);
    for bad in [&wrong_digit, &zone[..31], &zone[..62], "", "123456", "not a zone"] {
        card.unsent("--mrz", bad).refused(10, "input-invalid");
    }
    card.unsent("--can", "123456").refused(20, "no-reader");
    for bad in ["12345", "1234567", "12345a", "", "123 456"] {
        let run = card.unsent("--can", bad);
        run.refused(10, "input-invalid");
        assert!(bad.len() < 5 || !run.result.to_string().contains(bad), "a secret is not repeated");
    }
    card.unsent("--can", "123456\n").refused(20, "no-reader");
}

#[test]
fn a_wrong_password_is_named_after_what_was_read() {
    let card = Laid::new();
    // A sound zone, of another document.
    let other = "I<UTOD231458907<<<<<<<<<<<<<<<\n7408122F1204159UTO<<<<<<<<<<<6\nERIKSSON<<ANNA<MARIA<<<<<<<<<<\n";
    let run = card.read("--mrz", other);
    run.refused(27, "wrong-mrz");
    assert!(run.result["next"].as_str().unwrap().contains("three lines on the back"));
    card.judge("--mrz", other).refused(27, "wrong-mrz");
    let wrong = if card.built.numbers.can.expose() == "000000" { "000001" } else { "000000" };
    let run = card.read("--can", wrong);
    run.refused(27, "wrong-can");
    assert!(run.result["next"].as_str().unwrap().contains("six digits on the front"));
    card.read("--mrz", &card.zone()).yes();
}
