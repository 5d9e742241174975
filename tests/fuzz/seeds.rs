//! Where a campaign begins: inputs made of the repository's samples, the software chip and the sample authority.
//!
//! They are made, not kept: `fuzz/seeds/` is written from here and is no part of the repository.

use crate::bodies::world::{self, sample};
use ektp::lds::file_id::FileId;
use ektp::lds::image::{Draft, SealedContent};
use ektp::pki::status_list::{self, CardStatus, Delta};
use ektp::pki::x509::issue::Credential;
use std::collections::BTreeMap;
use std::io::Write;

type Seeds = BTreeMap<String, Vec<u8>>;

/// Collects seeds under numbered names.
#[derive(Default)]
struct Basket(Seeds);

impl Basket {
    /// Bytes behind a selector byte.
    fn put(&mut self, selector: u8, bytes: &[u8]) {
        self.whole([&[selector], bytes].concat());
    }

    fn whole(&mut self, bytes: Vec<u8>) {
        self.0.insert(format!("{:03}", self.0.len()), bytes);
    }
}

/// The seeds of a target.
pub fn seeds(target: &str) -> Seeds {
    let mut basket = Basket::default();
    match target {
        "apdu" => apdu(&mut basket),
        "card_files" => card_files(&mut basket),
        "certificates" => certificates(&mut basket),
        "channels" => channels(&mut basket),
        "documents" => documents(&mut basket),
        "encoding" => encoding(&mut basket),
        "galleries" => galleries(&mut basket),
        "hostile_card" => hostile_card(&mut basket),
        "hostile_host" => hostile_host(&mut basket),
        "judge" => judge(&mut basket),
        "lying_card" => lying_card(&mut basket),
        "lying_chip" => lying_chip(&mut basket),
        "pair_lists" => basket.whole(b"# probe, reference\na.fmr, b.fmr\n\"c,d\",a.fmr\n".to_vec()),
        "score_tables" => basket.whole(b"set,F1,I1,F2,I2,score\ns,1,1,1,2,12.5\ns,1,1,2,1,-3e-2\ns,9,1,2,1,0\n".to_vec()),
        "perso_card" => perso_card(&mut basket),
        "persons" => persons(&mut basket),
        "pictures" => pictures(&mut basket),
        "record" => record(&mut basket),
        "service_line" => service_line(&mut basket),
        "status_list" => status_list(&mut basket),
        "templates" => templates(&mut basket),
        "trust_store" => trust_store(&mut basket),
        "wire" => wire(&mut basket),
        "an2k" => transactions(&mut basket),
        "wsq" => wsq_pictures().into_iter().for_each(|picture| basket.whole(picture)),
        "card_templates" => basket.whole(file(FileId::Fingers).to_vec()),
        "finger_images" => {
            finger_pictures().into_iter().chain(wsq_pictures()).chain(captures()).for_each(|picture| basket.whole(picture))
        }
        "image_records" => image_records(&mut basket),
        "minutiae_records" => templates(&mut basket),
        "networks" => basket.whole(
            b"\x08\x08: \x0A\x0F\x0A\x01x\x0A\x01w\x1A\x01n\"\x04Conv*\x0D\x08\x01\x10\x01B\x01wJ\x04\x00\x00\x80?".to_vec(),
        ),
        other => panic!("no seeds for {other}"),
    }
    assert!(!basket.0.is_empty(), "{target} begins with nothing");
    basket.0
}

fn file(file: FileId) -> &'static [u8] {
    sample().card.files.get(file).unwrap_or_default()
}

/// Commands that a terminal and a station send.
fn commands() -> Vec<Vec<u8>> {
    let lds1 = [0x00, 0xA4, 0x04, 0x0C, 7, 0xA0, 0, 0, 2, 0x47, 0x10, 1];
    let set_at = [0x00, 0x22, 0xC1, 0xA4, 15, 0x80, 10, 4, 0, 0x7F, 0, 7, 2, 2, 4, 2, 2, 0x83, 1, 2];
    let ca = [0x00, 0x22, 0x41, 0xA4, 15, 0x80, 10, 4, 0, 0x7F, 0, 7, 2, 2, 3, 2, 2, 0x84, 1, 1];
    let domain = [0x00, 0xA4, 0x04, 0x0C, 8, 0xA0, 0, 0, 1, 0x51, 0, 0, 0];
    let door = [0x00, 0xA4, 0x04, 0x0C, 6, 0xF0, 0x45, 0x4B, 0x54, 0x50, 2];
    vec![
        vec![0x00, 0xA4, 0x00, 0x0C],
        lds1.to_vec(),
        vec![0x00, 0xB0, 0x9C, 0x00, 0x00],
        vec![0x00, 0xB0, 0x81, 0x00, 0x00],
        vec![0x00, 0xB1, 0x00, 0x00, 0x05, 0x54, 0x03, 0x00, 0x80, 0x00, 0x10],
        set_at.to_vec(),
        ca.to_vec(),
        vec![0x10, 0x86, 0x00, 0x00, 0x02, 0x7C, 0x00, 0x00],
        vec![0x00, 0x84, 0x00, 0x00, 0x08],
        vec![0x00, 0x88, 0x00, 0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8, 0x00],
        vec![0x00, 0x2A, 0x00, 0xBE, 0x04, 0x7F, 0x4E, 0x00, 0x00],
        domain.to_vec(),
        door.to_vec(),
        vec![0x80, 0x50, 0x30, 0x00, 0x08, 1, 2, 3, 4, 5, 6, 7, 8, 0x00],
        vec![0x80, 0xF0, 0x80, 0x03],
        vec![0x80, 0x46, 0x80, 0x01],
        vec![0x80, 0x46, 0x81, 0x01, 0x00],
        vec![0x80, 0xE2, 0x80, 0x00, 0x04, 0x80, 0x05, 0x03, 12],
        vec![0x80, 0xE2, 0x00, 0x00, 0x0B, 0x80, 0x01, 0x08, 1, 1, 1, 1, 0, 0, 90, 1],
    ]
}

fn apdu(basket: &mut Basket) {
    for command in commands() {
        basket.put(0, &command);
        basket.put(1, &command);
    }
    let answer = [&[9; 10][..], &[0x30, 3, 0x70], &[1; 8], &[2; 8], &[0, 0, 1]].concat();
    basket.put(2, &answer);
    basket.put(2, &[&[0x31, 0x88, 0x10][..], &[7; 16], &[3, 1, 2, 3]].concat());
    basket.put(3, &[0x7C, 4, 0x80, 2, 1, 2]);
    basket.put(3, file(FileId::Cvca));
}

fn card_files(basket: &mut Basket) {
    let order = [
        FileId::Dg1,
        FileId::Dg2,
        FileId::Dg3,
        FileId::Dg7,
        FileId::Dg11,
        FileId::Dg12,
        FileId::Dg14,
        FileId::Dg15,
        FileId::Com,
        FileId::CardAccess,
        FileId::AtrInfo,
        FileId::Dir,
        FileId::Cvca,
        FileId::Fingers,
        FileId::Dg13,
    ];
    for (selector, id) in (0u8..).zip(order) {
        basket.put(selector, file(id));
    }
    basket.put(2, &finger_images());
    basket.put(12, &[&[0x42, 14][..], b"IDCVCATEST0001", &[0; 20]].concat());
    if let Some(object) = ektp::pki::sod::read(file(FileId::Sod)).ok().map(|sod| sod.object().encode()) {
        basket.put(15, &object);
    }
    let mut folder = Vec::new();
    for (at, id) in (0u8..).zip(FileId::ALL) {
        basket.put(16, &[&[at], file(id)].concat());
        folder.extend(short(id.name().as_bytes()));
        folder.extend(long(file(id)));
    }
    basket.put(17, &folder);
}

/// A group of one finger image (ISO/IEC 19794-4 in CBEFF).
fn finger_images() -> Vec<u8> {
    use ektp::lds::tlv::encode;
    let view = [&[0, 0, 0, 22][..], &[2, 1, 1, 80, 0, 0, 8, 0, 8, 0], &[0x5A; 8]].concat();
    let mut record = b"FIR\x00010\x00".to_vec();
    record.extend([0, 0, 0, 0, 0, u8::try_from(32 + view.len()).unwrap(), 0, 0, 0, 31, 1, 1]);
    record.extend([1, 0xF4, 1, 0xF4, 1, 0xF4, 1, 0xF4, 8, 0, 0, 0]);
    record.extend(view);
    let header = encode(0xA1, &[encode(0x87, &[0x01, 0x01]), encode(0x88, &[0, 7])].concat());
    let one = encode(0x7F60, &[header, encode(0x5F2E, &record)].concat());
    encode(0x63, &encode(0x7F61, &[encode(0x02, &[1]), one].concat()))
}

fn certificates(basket: &mut Basket) {
    let kit = &sample().kit;
    let leaves: [&Credential; 4] = [&kit.ds, &kit.approver, &kit.bureau, &kit.status_list];
    for cert in leaves.map(|c| &c.cert).into_iter().chain([&kit.roots.csca.cert, &kit.roots.operations.cert]) {
        basket.put(0, cert.as_der());
        basket.put(9, cert.spki());
        basket.put(9, cert.subject().as_der());
    }
    basket.put(0, kit.ds.cert.to_pem().as_bytes());
    for list in [&kit.crl, &kit.operations_crl] {
        basket.put(1, list.as_der());
        basket.put(1, list.to_pem().as_bytes());
    }
    let name = kit.ds.cert.subject();
    let request = ektp::pki::x509::request::make(&kit.ds.key, name, ektp::pki::key::Parameters::Explicit);
    basket.put(2, request.as_bytes());
    for cert in kit.terminal.chain.iter().chain([&kit.roots.cvca]) {
        basket.put(3, &cert.encode());
        basket.put(9, cert.body().chr.as_bytes());
    }
    let reference = kit.terminal.chain.last().map(|c| c.body().chr.clone()).unwrap();
    let request = ektp::pki::cvc::Request::new(&kit.terminal.key, &reference, Some(&kit.dv.body().chr));
    basket.put(4, &request.encode());
    basket.put(5, file(FileId::Sod));
    let signature = ektp::pki::statement::sign(b"{}", &kit.approver.key, &kit.approver.cert, world::now());
    basket.put(6, &signature);
    basket.put(8, &[&short(b"{}")[..], &signature].concat());
    basket.put(7, &sealed());
    basket.put(9, &[2, 6, 1, 1, 2, 3]);
}

fn sealed() -> Vec<u8> {
    let mut rng = ektp::world::DangerousSeededEntropy::new(6);
    seal_to_bureau(&draft().plaintext, &mut rng)
}

/// Seals as `card build` does.
fn seal_to_bureau(plain: &[u8], rng: &mut ektp::world::DangerousSeededEntropy) -> Vec<u8> {
    let bureau: ektp::pki::seal::Recipient =
        ektp::pki::seal::Recipient::check(&sample().kit.bureau.cert, &sample().store, world::now()).unwrap();
    ektp::pki::seal::seal(plain, &bureau, rng).unwrap()
}

fn draft() -> Draft {
    use ektp::lds::build::{Numbers, build};
    let (record, _) = ektp::record::sample::citizen().unwrap();
    let profile = ektp::lds::profile::Profile::named("ektp-8k").unwrap();
    let numbers = Numbers::draw(&record, &profile, &mut ektp::world::DangerousSeededEntropy::new(9));
    let built = build(&record, &profile, profile.face, numbers).unwrap();
    Draft::of(&built, &record, &profile, "job-1", None)
}

fn channels(basket: &mut Basket) {
    for bits in 0..3u8 {
        let mut plain = vec![bits];
        for command in commands().iter().take(6) {
            plain.extend(short(command));
            plain.push(0);
            plain.extend(short(b"what the chip answers"));
            plain.extend([0x90, 0x00, 0]);
        }
        basket.put(0, &plain);
    }
    for level in 0..5u8 {
        let mut plain = vec![level & 1, 0, level, 0];
        for command in commands().iter().skip(13) {
            plain.extend(short(command));
            plain.push(0);
            plain.extend(short(b"answer"));
            plain.push(0);
        }
        basket.put(1, &plain);
    }
    let point = ektp::crypto::ec::Curve::P256.domain().base;
    let object = |tag: u8, value: &[u8]| {
        let inner = ektp::lds::tlv::encode(u32::from(tag), value);
        short(&[&ektp::lds::tlv::encode(0x7C, &inner)[..], &[0x90, 0x00]].concat())
    };
    let steps = [short(&[0x90, 0x00]), short(&[0x90, 0x00]), object(0x80, &[7; 16]), object(0x82, point), object(0x84, point)];
    basket.put(2, &[steps.concat(), object(0x86, &[1; 8])].concat());
    let external = [&[0x00, 0x82, 0x00, 0x00, 0x28][..], &[9; 40], &[0x28]].concat();
    let answers = [short(&[&[5; 8][..], &[0x90, 0]].concat()), short(&[&[6; 40][..], &[0x90, 0]].concat())];
    basket.put(3, &[answers.concat(), short(&external)].concat());
}

fn documents(basket: &mut Basket) {
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for entry in std::fs::read_dir(dir.join("specs/profiles")).unwrap() {
        basket.put(0, &std::fs::read(entry.unwrap().path()).unwrap());
    }
    let draft = draft();
    basket.put(1, &draft.manifest);
    assert!(SealedContent::parse(&draft.plaintext).is_ok());
    basket.put(2, &draft.plaintext);
    basket.put(3, &authorization());
    basket.put(4, br#"{"format":1,"job":"job-1","chip":"C0C0C0C0C0C0C0C0C0C0","files":{}}"#);
    for name in ["good.json", "cloned.json", "altered.json"] {
        basket.put(5, &std::fs::read(dir.join("samples/evidence").join(name)).unwrap());
    }
    basket.put(6, &std::fs::read(dir.join("samples/evidence/challenge.json")).unwrap());
    basket.put(7, &std::fs::read(dir.join("keys-sample/csca.key.pem")).unwrap());
    basket.put(8, &chip_key());
    basket.put(9, br#"{"format":1,"uri":"https://example.invalid/1","number":7,"states":{"17":"active","18":"revoked"}}"#);
    basket.put(10, br#"{"ID":41,"ID sample":3}"#);
    let chip = world::chip(sample().card.files.clone(), 2).unwrap();
    let blank = ektp::softchip::fixture::config(8_192);
    let blank = ektp::softchip::SoftChip::blank(&blank, ektp::world::DangerousSeededEntropy::new(1));
    for saved in [blank.save(), chip.save()] {
        basket.put(11, &saved[..saved.len() - 32]);
    }
    for word in
        ["serial:12345", "port:1-1.4", "station:desk", "ektp-80k", "job-1", "C0C0C0C0C0C0C0C0C0C0", r#"{"desk":"port:1"}"#]
    {
        basket.put(12, word.as_bytes());
    }
}

fn authorization() -> Vec<u8> {
    use ektp::pki::authorization::{Authorization, Digest, FORMAT, IssueReason};
    let digest = Digest::of(b"x");
    let authorization = Authorization {
        format: FORMAT.into(),
        application: "A-1".into(),
        nik_digest: Some(digest),
        record_digest: digest,
        template_digests: vec![digest],
        manifest_digest: digest,
        route: "office 3171".into(),
        reason: IssueReason::First,
        signer: "signer-1".into(),
    };
    authorization.to_json().unwrap()
}

fn chip_key() -> Vec<u8> {
    use ektp::pki::chip_keys::{ChipKey, Kind};
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("key");
    let mut rng = ektp::world::DangerousSeededEntropy::new(2);
    let passphrase = ektp::secret::Secret::new("sample".to_owned());
    ChipKey::generate(Kind::ProofMaster, &mut rng).create(&path, &passphrase, &mut rng).unwrap();
    std::fs::read(path).unwrap()
}

fn encoding(basket: &mut Basket) {
    for id in [FileId::Dg14, FileId::Sod, FileId::Dg13, FileId::Com] {
        basket.whole(file(id).to_vec());
    }
    basket.whole(file(FileId::Dg1).get(5..).unwrap_or_default().to_vec());
    basket.whole("R. SOEKARNO, S.H. D'ARTAGNAN ÆØÅ".as_bytes().to_vec());
    basket.whole([0x17, 13].into_iter().chain(*b"261123220001Z").collect());
}

fn hostile_card(basket: &mut Basket) {
    for flags in [0u8, 2, 4, 6, 8, 0x10, 0x12, 0x20, 0x3A] {
        basket.put(flags, &[0]);
    }
    for (at, id) in (0u8..).zip(FileId::ALL) {
        for flags in [0u8, 8] {
            basket.put(flags, &[&[1, at][..], &long(file(id))].concat());
            basket.put(flags, &[1, at, 0, 0]);
        }
    }
    for kind in 0..14u8 {
        basket.put(2, &[0, 3 + kind, kind, 0x69, 0x82, 40 + kind, kind, 0, 5]);
    }
    let access = file(FileId::CardAccess);
    let point = ektp::crypto::ec::Curve::P256.domain().base;
    let object = |tag: u8, value: &[u8]| {
        let inner = ektp::lds::tlv::encode(u32::from(tag), value);
        [&[2][..], &short(&ektp::lds::tlv::encode(0x7C, &inner))].concat()
    };
    let first = [&[2][..], &short(access), &[2, 0]].concat();
    let steps = [first, object(0x80, &[7; 16]), object(0x82, point), object(0x84, point), object(0x86, &[1; 8])].concat();
    for flags in [1u8, 3, 5, 9, 0x0D] {
        basket.put(flags, &steps);
    }
    basket.put(9, &[&[2][..], &short(&[0x31, 0x83, 3, 0xFF, 0x00])[..], &[2, 1, 7]].concat());
}

fn hostile_host(basket: &mut Basket) {
    for flags in [0u8, 1, 2, 5] {
        let mut clear = vec![flags];
        for command in commands() {
            clear.push(0);
            clear.extend(short(&command));
        }
        basket.whole(clear);
        let mut field = vec![flags, 3, 1];
        for command in commands().iter().take(11) {
            field.extend(short(command));
        }
        basket.whole(field);
        for (op, how) in [(4u8, 0u8), (4, 8), (5, 1), (5, 9)] {
            let mut door = vec![flags, op, how];
            for command in commands().iter().skip(13) {
                door.extend(short(command));
            }
            basket.whole([&door[..], &[0, 2, 0x90], &door[1..]].concat());
        }
    }
}

fn judge(basket: &mut Basket) {
    basket.whole(Vec::new());
    for (at, id) in (0u8..).zip(FileId::ALL) {
        let op = at << 3;
        basket.whole([&[op][..], &long(file(id))].concat());
        basket.whole([&[op][..], &long(file(id)), &[7]].concat());
        basket.whole(vec![op | 1, op | 2, 0x90, 0x00]);
        basket.whole(vec![op | 3, 7]);
    }
    basket.whole([&[5][..], &short(&[4; 65]), &short(&[0, 0xB0, 0x9D, 0, 0xDF]), &short(&[0x90, 0]), &[1]].concat());
    basket.whole([&[0xFF; 9][..], &sample().list].concat());
}

fn lying_card(basket: &mut Basket) {
    for flags in 0..4u8 {
        basket.put(flags, &[]);
        for at in [0usize, 1, 2, 3, 4, 5, 6, 8, 12, 20, 30, 40, 50, 60] {
            let lies: [&[u8]; 5] = [&[0x80, 1], &[0x90, 0, 3], &[0xA0, 0x6A, 0x82], &[0xC0], &[0xFF, 4, 0x77, 0x82, 0x7F, 0xFF]];
            for lie in lies {
                basket.put(flags, &[&vec![0; at][..], lie].concat());
            }
        }
    }
    basket.put(0, &[0x80, 1].repeat(400));
}

fn lying_chip(basket: &mut Basket) {
    basket.whole(Vec::new());
    for at in [0usize, 1, 2, 4, 10, 30, 40, 42, 44, 46, 48, 50, 55, 60] {
        let lies: [&[u8]; 5] = [&[0xA0, 1], &[0xB0, 9, 3], &[0xC0, 0x09, 0x85], &[0xD0, 2, 0x7F, 0x49], &[0xE0, 0]];
        for lie in lies {
            basket.whole([&vec![0; at][..], lie].concat());
        }
    }
}

fn perso_card(basket: &mut Basket) {
    basket.whole(Vec::new());
    for kind in 0..14u8 {
        for at in [2u8, 9, 30, 60] {
            basket.whole(vec![at + kind, kind, 0x69, 0x85, at + 40, kind, 0, 9]);
        }
    }
}

fn pictures(basket: &mut Basket) {
    use ektp::record::Picture;
    let dir = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    basket.whole(std::fs::read(dir.join("signature.png")).unwrap());
    for id in [FileId::Dg2, FileId::Dg7] {
        let files = BTreeMap::from([(id, file(id).to_vec())]);
        for (_, picture) in ektp::lds::inspect::pictures(&files) {
            basket.whole(ektp::lds::inspect::png(&picture).unwrap());
        }
    }
    for channels in [1u8, 3] {
        let pixels = (0..48usize * 64 * usize::from(channels)).map(|i| u8::try_from(i * 7 % 251).unwrap()).collect();
        let picture = Picture { pixels, width: 48, height: 64, channels };
        let codestream = ektp::lds::jpeg2000::encode(&picture, 700).unwrap();
        basket.whole(ektp::lds::jpeg2000::jp2(&codestream, 48, 64, channels));
        basket.whole(codestream);
    }
    basket.whole(small_jpeg());
    basket.whole(small_bmp());
}

fn small_jpeg() -> Vec<u8> {
    let mut out = Vec::new();
    let pixels: Vec<u8> = (0..16 * 16 * 3).map(|i| u8::try_from(i % 256).unwrap()).collect();
    let encoder = jpeg_encoder::Encoder::new(&mut out, 60);
    encoder.encode(&pixels, 16, 16, jpeg_encoder::ColorType::Rgb).unwrap();
    out
}

fn small_bmp() -> Vec<u8> {
    let mut out = b"BM".to_vec();
    out.extend(66u32.to_le_bytes());
    out.extend([0; 4]);
    out.extend(54u32.to_le_bytes());
    out.extend(40u32.to_le_bytes());
    out.extend(2u32.to_le_bytes());
    out.extend(1u32.to_le_bytes());
    out.extend([1, 0, 24, 0]);
    out.extend([0; 24]);
    out.extend([1, 2, 3, 4, 5, 6, 0, 0, 0, 0, 0, 0]);
    out
}

fn record(basket: &mut Basket) {
    use ektp::record::sample::{BATCH, CITIZEN, FOREIGNER, REGISTER};
    basket.put(0, CITIZEN.as_bytes());
    basket.put(0, FOREIGNER.as_bytes());
    basket.put(1, BATCH.as_bytes());
    for word in ["3171013101800001", "R. SOEKARNO, S.H.", "AB+", "001/002"] {
        basket.put(2, word.as_bytes());
    }
    basket.put(3, REGISTER.as_bytes());
    basket.put(3, br#"{"format": "ektp-register/1", "residents": [{"nik": "9999995707850000", "card": "none"}]}"#);
    basket.put(4, b"EKTP1/F/A-1/0/0123456789ABCDEF01234567");
}

fn service_line(basket: &mut Basket) {
    let serial = "C0C0C0C0C0C0C0C0C0C0";
    let zeros = |bytes: usize| "00".repeat(bytes);
    let (eight, digest, point) = (zeros(8), zeros(32), "04".to_owned() + &zeros(64));
    let answer = format!("{serial}300370{}{}000001", zeros(8), zeros(8));
    let lines = [
        format!(r#"{{"version":1,"ask":"put-key-data","serial":"{serial}"}}"#),
        format!(
            r#"{{"version":1,"ask":"open","kvn":48,"aid":"A000000151000000","host_challenge":"{eight}","answer":"{answer}"}}"#
        ),
        format!(
            r#"{{"version":1,"ask":"check-proof","serial":"{serial}","slot":1,"curve":"p256","public_key":"{point}","authorization":"{digest}","nonce":"","answer":"8000"}}"#
        ),
        format!(
            r#"{{"version":1,"ask":"sign","manifest":"7B7D","authorization":"7B7D","authorization_signature":"30","chip":"{serial}","document_number":"T1","status_index":1,"hashes":[{{"group":1,"hash":"{digest}"}}],"keys":[{{"slot":1,"public_key":"{point}","nonce":"","proof":""}}],"dg14":"6E00","dg15":null}}"#
        ),
    ];
    for line in &lines {
        basket.put(1, line.as_bytes());
    }
    basket.put(1, lines.join("\n").as_bytes());
    for reply in [r#"{"answer":"sod","sod":"7700"}"#, r#"{"answer":"proven"}"#, r#"{"trouble":"refused","rule":"sample-key"}"#] {
        basket.put(0, reply.as_bytes());
    }
}

fn status_list(basket: &mut Basket) {
    let list = &sample().list;
    basket.put(0, list);
    let payload = <coset::CoseSign1 as coset::TaggedCborSerializable>::from_tagged_slice(list).unwrap().payload.unwrap();
    basket.put(1, &payload);
    let mut packed = flate2::write::ZlibEncoder::new(vec![7, 0, 9], flate2::Compression::best());
    packed.write_all(&[0xFF; 25]).unwrap();
    basket.put(2, &packed.finish().unwrap());
    // The delta after it, in which the first card is revoked.
    let (before, _) = status_list::look_at(list).unwrap();
    let mut after = before.bits.clone();
    assert!(after.set(0, CardStatus::Revoked));
    let delta = Delta {
        number: before.number + 1,
        base: before.number,
        issued_at: before.issued_at,
        uri: before.uri,
        from: status_list::delta::digest(&before.bits),
        to: status_list::delta::digest(&after),
        changes: [(0, CardStatus::Revoked)].into(),
    };
    let delta = status_list::delta::sign(&delta, &sample().kit.status_list).unwrap();
    let payload = <coset::CoseSign1 as coset::TaggedCborSerializable>::from_tagged_slice(&delta).unwrap().payload.unwrap();
    basket.put(3, &payload);
}

fn templates(basket: &mut Basket) {
    use ektp::finger::FingerPosition;
    use ektp::finger::template::{encode_card_compact, encode_card_normal, encode_record_2005, synthetic};
    for (seed, count) in [(1, 4), (2, 30), (3, 60)] {
        let template = synthetic::template(seed, FingerPosition::RightIndex, count);
        basket.whole(encode_record_2005(&template).unwrap());
        let small = template.for_chip();
        basket.0.extend(encode_card_compact(&small).ok().map(|bytes| (format!("c{seed}"), bytes)));
        basket.0.extend(encode_card_normal(&small).ok().map(|bytes| (format!("n{seed}"), bytes)));
    }
}

/// What the simulated sensor answers with them, and what it is asked.
fn captures() -> Vec<Vec<u8>> {
    use ektp::finger::FingerPosition::RightIndex;
    use ektp::finger::capture::{Device, Header, Presentation, Request};
    let text = |t: &str| t.to_owned();
    let device = Device { make: text("ektp"), model: text("simulated sensor"), serial: text("0") };
    let answer = |picture: Vec<u8>| {
        let (finger, dpi, presentation) = (Some(RightIndex), "500".parse().ok(), Some(Presentation::BonaFide));
        let header = Header { finger, dpi, image_bytes: picture.len(), device: device.clone(), presentation };
        [header.line().as_bytes(), &picture].concat()
    };
    let asked = Request { finger: Some(RightIndex), attempt: 1 }.line().into_bytes();
    finger_pictures().into_iter().map(answer).chain([asked]).collect()
}

/// The sample prints as they lie in the repository.
fn finger_pictures() -> Vec<Vec<u8>> {
    let samples = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("samples");
    ["left-index.png", "right-index.png"].map(|name| std::fs::read(samples.join(name)).unwrap()).to_vec()
}

/// Drawn patterns, coded by another's coder.
fn wsq_pictures() -> Vec<Vec<u8>> {
    let data = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/wsq");
    ["pattern-97x131.wsq", "pattern-150x149.wsq"].map(|name| std::fs::read(data.join(name)).unwrap()).to_vec()
}

/// A transaction of one picture, of type 14 and of type 4, from behind `1.001:`, with which the target begins.
fn transactions(basket: &mut Basket) {
    let tagged = |kind: u16, fields: &[u8]| {
        let head = |length: usize| format!("{kind}.001:{length}").into_bytes();
        let lengths = fields.len()..fields.len() + 20;
        let length = lengths.rev().find(|n| head(*n).len() + fields.len() == *n).unwrap();
        [head(length), fields.to_vec()].concat()
    };
    for picture in wsq_pictures().iter().take(1) {
        let field = |n: u16, value: &[u8]| [format!("\x1D14.{n:03}:").as_bytes(), value].concat();
        let texts = [(2, "01"), (3, "0"), (4, "HERE"), (6, "97"), (7, "131"), (8, "1"), (9, "500"), (10, "500"), (11, "WSQ20")];
        let mut fields: Vec<u8> = texts.iter().flat_map(|(n, text)| field(*n, text.as_bytes())).collect();
        fields.extend([field(12, b"8"), field(13, b"2"), field(999, picture), vec![0x1C]].concat());
        let body = [&[1, 0, 2, 255, 255, 255, 255, 255, 1, 0, 97, 0, 131, 1][..], picture].concat();
        let raw = [&[1, 0, 2, 255, 255, 255, 255, 255, 0, 0, 64, 0, 64, 0][..], &[0x55; 4_096]].concat();
        let four = |body: &[u8]| [&u32::try_from(body.len() + 4).unwrap().to_be_bytes()[..], body].concat();
        for (kind, record) in [(14, tagged(14, &fields)), (4, four(&body)), (4, four(&raw))] {
            let contents = format!("\x1D1.002:0400\x1D1.003:1\x1F1\x1E{kind}\x1F01\x1D1.011:19.69\x1D1.012:19.69\x1C");
            let whole = [tagged(1, contents.as_bytes()), record].concat();
            let found = ektp::finger::image::find(&whole, ektp::finger::image::Asked::default());
            assert!(found.is_ok(), "type {kind}: {found:?}");
            basket.whole(whole["1.001:".len()..].to_vec());
        }
    }
}

fn image_records(basket: &mut Basket) {
    use ektp::finger::image_record::{Compression, ImageRecord, ImageView, Sampling};
    for picture in finger_pictures() {
        let sampling = Sampling::per_centimetre(197, Compression::Png);
        let record = ImageRecord::new_2005(vec![ImageView::new(2, (256, 320), sampling, picture)]);
        basket.whole(record.encode().unwrap());
    }
}

fn galleries(basket: &mut Basket) {
    for flags in 0..4 {
        basket.whole(vec![flags]);
    }
    // A byte of the log bent, its end cut off, a snapshot replaced, something after it.
    for edit in [&[1, 0, 90, 4][..], &[3, 3, 0], &[4, 0, 3, 1, 2, 3], &[6, 2, 0, 0]] {
        basket.put(0, edit);
        basket.put(1, edit);
    }
    basket.whole([&[2][..], b"P-000123\0\0\0\0\0\0\0\0"].concat());
    basket.whole([&[1][..], b"P-000123\0\0\0\0\0\0\0\0", &[0x81; 10]].concat());
    basket.whole(b"9f2c41d07b3a8e65.120.5e0b77a1c4d29f38".to_vec());
}

fn persons(basket: &mut Basket) {
    use ektp::finger::position::FingerPosition::RightIndex;
    use ektp::finger::template::{encode_record_2005, synthetic};
    basket.whole(br#"{"fingers": {"right_index": "right.fmr", "left_thumb": {"exception": "amputated"}}}"#.to_vec());
    basket.whole(br#""right_index":"a","right_index":"b""#.to_vec());
    for position in [Some(RightIndex), None] {
        let mut template = synthetic::template(1, RightIndex, 30);
        template.views[0].position = position;
        basket.whole(encode_record_2005(&template).unwrap());
    }
}

fn trust_store(basket: &mut Basket) {
    let kit = &sample().kit;
    let csca = kit.roots.csca.cert.as_der();
    basket.whole(vec![4]);
    let all: [(u8, &[u8]); 5] = [
        (0, csca),
        (2, kit.roots.operations.cert.as_der()),
        (3, &kit.roots.cvca.encode()),
        (4, kit.crl.as_der()),
        (4, kit.operations_crl.as_der()),
    ];
    let mut whole = Vec::new();
    for (folder, bytes) in all {
        let one = [&[folder][..], &long(bytes)].concat();
        basket.put(4, &one);
        basket.put(1, &one);
        whole.extend(one);
    }
    basket.put(0, &whole);
    basket.put(2, &short(br#"{"format":1,"kind":"sample","country":"ID"}"#));
    basket.put(4, &[&[1][..], &long(csca)].concat());
}

fn wire(basket: &mut Basket) {
    let frame = |payload: &[u8]| [&u16::try_from(payload.len()).unwrap().to_be_bytes()[..], payload].concat();
    let mut driver = [frame(&[1]), frame(&[4])].concat();
    commands().iter().take(6).for_each(|c| driver.extend(frame(c)));
    basket.put(0, &[driver, frame(&[2]), frame(&[0])].concat());
    basket.put(1, &[frame(&[0x3B, 0x80, 0x80, 1, 1]), frame(&[0x90, 0]), frame(&[0x6A, 0x82])].concat());
}

/// A piece behind its length byte.
fn short(bytes: &[u8]) -> Vec<u8> {
    let length = u8::try_from(bytes.len()).unwrap_or(u8::MAX);
    [&[length], &bytes[..usize::from(length).min(bytes.len())]].concat()
}

/// A piece behind its length of two bytes.
fn long(bytes: &[u8]) -> Vec<u8> {
    let length = u16::try_from(bytes.len()).unwrap_or(u16::MAX);
    [&length.to_be_bytes()[..], &bytes[..usize::from(length).min(bytes.len())]].concat()
}
