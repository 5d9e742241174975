//! A bureau for tests: sample keys on disk, approved card images, and chips behind Unix sockets.

use crate::approve::bureau;
use ektp::lds::build::{Built, Numbers, build};
use ektp::lds::dg1;
use ektp::lds::dg13::Dg13;
use ektp::lds::file_id::FileId;
use ektp::lds::image::{CardImage, Draft};
use ektp::lds::mrz::Td1;
use ektp::lds::profile::{Face, Profile};
use ektp::pki::authorization::{Authorization, Digest, FORMAT, IssueReason};
use ektp::pki::sample::Kit;
use ektp::pki::seal;
use ektp::record::Record;
use ektp::secret::Secret;
use ektp::softchip::{ChipConfig, SharedChip, SoftChip};
use ektp::world::{Clock, DangerousSeededEntropy, SystemClock, system_entropy};
use std::io::{Read, Write};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, OnceLock};

/// A folder with a kit, images and stores.
pub struct Bureau {
    pub dir: tempfile::TempDir,
    pub kit: Kit,
    record: Record,
    profile: Profile,
    face: Face,
    first: OnceLock<Built>,
}

impl Bureau {
    pub fn new() -> Self {
        Self::of("ektp-8k")
    }

    /// With cards of another profile.
    pub fn of(profile: &str) -> Self {
        let prints = Profile::named(profile).unwrap().finger_image.is_some();
        let record = if prints { ektp::record::sample::citizen_with_prints() } else { ektp::record::sample::citizen() };
        Self::holding(record.unwrap().0, profile)
    }

    /// With cards of the sample citizen, none of whose fingers could be taken.
    pub fn without_fingers(profile: &str) -> Self {
        let mut record: serde_json::Value = serde_json::from_str(ektp::record::sample::CITIZEN).unwrap();
        let fingers =
            ["right", "left"].into_iter().flat_map(|hand| ["index", "middle", "ring", "thumb"].map(|f| format!("{hand}_{f}")));
        let over: Vec<_> = fingers.map(|f| serde_json::json!({"position": f, "reason": "amputated"})).collect();
        record["fingers"] = serde_json::json!({"taken": [], "passed_over": over});
        let (record, _) = ektp::record::load(record.to_string().as_bytes(), &ektp::record::sample::files()).unwrap();
        Self::holding(record, profile)
    }

    fn holding(record: Record, profile: &str) -> Self {
        let dir = tempfile::tempdir().unwrap();
        let kit = Kit::mint(&SystemClock, &mut system_entropy()).unwrap();
        std::fs::create_dir(dir.path().join("kit")).unwrap();
        kit.save(&dir.path().join("kit"), &mut system_entropy()).unwrap();
        let profile = Profile::named(profile).unwrap();
        Self { dir, kit, record, face: profile.face, profile, first: OnceLock::new() }
    }

    /// With cards of another face than the profile's.
    pub fn with_face(self, face: Face) -> Self {
        Self { face, ..self }
    }

    /// A blank that is large enough for the bureau's cards.
    pub fn blank(&self, number: u8) -> SharedChip {
        let config = ChipConfig { serial: [number; 10], capacity: self.profile.capacity, transport: Kit::transport_keys() };
        Arc::new(Mutex::new(SoftChip::blank(&config, DangerousSeededEntropy::new(number.into()))))
    }

    pub fn path(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    /// An image's files, fitted anew.
    pub fn built(&self) -> Built {
        let numbers = self.numbers();
        build(&self.record, &self.profile, self.face, numbers).unwrap()
    }

    /// Numbers of a card, drawn but for the status index: a signer takes one once, and no test shall depend on luck.
    fn numbers(&self) -> Numbers {
        static NEXT: AtomicU32 = AtomicU32::new(1_000);
        let mut numbers = Numbers::draw(&self.record, &self.profile, &mut system_entropy());
        numbers.status_index = NEXT.fetch_add(1, Ordering::Relaxed);
        numbers
    }

    /// Another card of the same person: the pictures are fitted once, the numbers are drawn anew.
    pub fn renumbered(&self) -> Built {
        let mut built = self.first.get_or_init(|| self.built()).clone();
        let numbers = self.numbers();
        let mut zone = Td1::parse(built.mrz.expose()).unwrap();
        zone.document_number = numbers.document_number.clone();
        let mut national = Dg13::parse(built.files.get(FileId::Dg13).unwrap()).unwrap();
        national.status_index = numbers.status_index;
        built.files.insert(FileId::Dg1, dg1::build(&zone).unwrap());
        built.files.insert(FileId::Dg13, national.encode());
        built.key_text = Some(Secret::new(zone.key_text()));
        built.mrz = Secret::new(zone.encode().unwrap());
        built.numbers = numbers;
        built
    }

    /// A sealed and approved image for a job; returns its folder.
    pub fn image(&self, built: &Built, job: &str) -> String {
        let draft = Draft::of(built, &self.record, &self.profile, job, None);
        let sealed = seal::seal(&draft.plaintext, &bureau(&self.kit), &mut system_entropy()).unwrap();
        let image = CardImage::new(draft.manifest.clone(), sealed).unwrap();
        let folder = self.dir.path().join(format!("image-{job}"));
        image.write(&folder).unwrap();
        self.approve(&image, &folder);
        folder.display().to_string()
    }

    fn approve(&self, image: &CardImage, folder: &Path) {
        let manifest = &image.manifest;
        let authorization = Authorization {
            format: FORMAT.into(),
            application: "A-1".into(),
            nik_digest: None,
            record_digest: manifest.record_digest.parse().unwrap(),
            template_digests: manifest.template_digests.iter().map(|d| d.parse().unwrap()).collect(),
            manifest_digest: Digest(image.manifest_digest()),
            route: "office".into(),
            reason: IssueReason::Sample,
            signer: "sample-signer".into(),
        };
        let signed = authorization.approve(&self.kit.approver, SystemClock.now()).unwrap();
        std::fs::write(folder.join("authorization.json"), signed.json).unwrap();
        std::fs::write(folder.join("authorization.json.p7s"), signed.signature).unwrap();
    }
}

/// A blank of the sample vendor.
pub fn blank(number: u8) -> SharedChip {
    serial_blank([number; 10], number.into())
}

/// A blank of this serial, its entropy from a seed of its own.
pub fn serial_blank(serial: [u8; 10], seed: u64) -> SharedChip {
    let config = ChipConfig { serial, capacity: 8_192, transport: Kit::transport_keys() };
    Arc::new(Mutex::new(SoftChip::blank(&config, DangerousSeededEntropy::new(seed))))
}

/// Lays a chip behind a socket for as long as this process lives; it loses power when the station hangs up.
pub fn lay(chip: &SharedChip, path: PathBuf) -> String {
    lay_on(OnReader { chip: chip.clone(), rots: None, copy: None, at_copy: false }, path)
}

/// What goes wrong with a chip's memory, and who sees it.
pub struct Rot {
    /// Bytes that the chip holds; one bit of them turns as soon as COMMIT was answered.
    pub of: Vec<u8>,
    /// Whether the field reads a copy from before: a read-back that looks at something else than the chip, which is none.
    pub unseen: bool,
}

/// Lays a chip whose memory rots.
pub fn lay_rotting(chip: &SharedChip, rot: Rot, path: PathBuf) -> String {
    lay_on(OnReader { chip: chip.clone(), rots: Some(rot), copy: None, at_copy: false }, path)
}

/// A chip on a reader.
struct OnReader {
    chip: SharedChip,
    rots: Option<Rot>,
    copy: Option<SoftChip>,
    at_copy: bool,
}

fn lay_on(mut reader: OnReader, path: PathBuf) -> String {
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().map_while(Result::ok) {
            let _ = reader.serve(stream);
            reader.chip.lock().unwrap().power_off();
        }
    });
    format!("unix:{}", path.display())
}

impl OnReader {
    fn serve(&mut self, mut stream: UnixStream) -> std::io::Result<()> {
        loop {
            let mut length = [0; 2];
            stream.read_exact(&mut length)?;
            let mut frame = vec![0; usize::from(u16::from_be_bytes(length))];
            stream.read_exact(&mut frame)?;
            let answer = match frame.as_slice() {
                [1 | 2] => {
                    self.power_on();
                    continue;
                }
                [4] => self.chip.lock().unwrap().atr(),
                apdu => self.process(apdu),
            };
            let length = u16::try_from(answer.len()).unwrap();
            stream.write_all(&[&length.to_be_bytes(), &answer[..]].concat())?;
        }
    }

    fn power_on(&mut self) {
        self.chip.lock().unwrap().power_on();
        self.at_copy = self.copy.as_mut().map(SoftChip::power_on).is_some();
    }

    fn process(&mut self, apdu: &[u8]) -> Vec<u8> {
        // The doors of personalization are the chip's own; the field is what a copy stands in for.
        let field = [0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01];
        self.at_copy &= !apdu.starts_with(&[0x00, 0xA4, 0x04]) || apdu.windows(field.len()).any(|w| w == field);
        match &mut self.copy {
            Some(copy) if self.at_copy => return copy.process(apdu),
            _ => {}
        }
        let answer = self.chip.lock().unwrap().process(apdu);
        let committed = apdu.starts_with(&[0x84, 0xF0, 0x80, 0x07]) && answer.ends_with(&[0x90, 0x00]);
        if let Some(rot) = self.rots.as_ref().filter(|_| committed) {
            self.copy = turn_a_bit(&self.chip, &rot.of).filter(|_| rot.unseen);
        }
        answer
    }
}

/// Turns a bit of bytes that the chip holds; what the chip was before.
fn turn_a_bit(chip: &SharedChip, of: &[u8]) -> Option<SoftChip> {
    let restore = |state: &[u8]| SoftChip::restore(state, DangerousSeededEntropy::new(77)).unwrap();
    let mut chip = chip.lock().unwrap();
    let mut state = chip.save();
    let before = restore(&state);
    let body = state.len() - 32;
    let at = state.windows(of.len()).position(|w| w == of)?;
    state[at + of.len() / 2] ^= 1;
    let sum = ektp::crypto::hash::sha256(&state[..body]);
    state[body..].copy_from_slice(&sum);
    *chip = restore(&state);
    Some(before)
}
