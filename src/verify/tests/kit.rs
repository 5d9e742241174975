//! A whole card in memory, with its authority, for tests of the judge: honest by default, bent by each test.

use crate::chip::apdu::{Command, Response, StatusWord};
use crate::chip::sm::{SmCard, SmHost, SmKeys};
use crate::crypto::ec::{Curve, PrivateKey};
use crate::crypto::hash::HashAlg;
use crate::lds::com::Com;
use crate::lds::dg11::Dg11;
use crate::lds::dg12::Dg12;
use crate::lds::dg13::Dg13;
use crate::lds::file_id::FileId;
use crate::lds::files::CardFiles;
use crate::lds::mrz::{MrzDate, MrzSex, Td1};
use crate::lds::mrz_name::MrzName;
use crate::lds::sod::LdsSecurityObject;
use crate::lds::{card_access, dg1, dg14, dg15, tlv};
use crate::pki::key::PrivateKey as SigningKey;
use crate::pki::trust::{Kind, TrustStore};
use crate::pki::x509::issue::Span;
use crate::pki::x509::issue::tests::{TestKit, ds, kit};
use crate::pki::x509::{Certificate, crl};
use crate::verify::evidence::{CaAnswer, CaTranscript, ClaimedMode, Content, Evidence, PaceFacts, PasswordKind, VERSION};
use crate::world::DangerousSeededEntropy;
use jiff::Timestamp;
use jiff::civil::date;
use std::collections::BTreeMap;

/// A card and its authority.
pub(crate) struct Card {
    pub authority: TestKit,
    pub signer: (SigningKey, Certificate),
    pub files: CardFiles,
    pub ca_key: PrivateKey,
    pub aa_key: PrivateKey,
    pub now: Timestamp,
    pub ephemeral: PrivateKey,
}

pub(crate) fn zone() -> Td1 {
    Td1 {
        document_code: "ID".into(),
        issuer: "IDN".into(),
        document_number: "A1B2C3D4E".into(),
        optional_1: String::new(),
        birth: MrzDate::from_date(date(1980, 1, 31)),
        sex: MrzSex::Male,
        expiry: MrzDate::from_date(date(2036, 11, 23)),
        nationality: "IDN".into(),
        optional_2: String::new(),
        name: MrzName::undivided("BUDI SANTOSO"),
    }
}

fn details() -> Dg11 {
    Dg11 {
        full_name: "BUDI SANTOSO".into(),
        personal_number: "3171013101800001".into(),
        birth_date: "19800131".into(),
        birth_place: "JAKARTA".into(),
        address: vec!["JL MERDEKA 1".into()],
        profession: String::new(),
    }
}

fn national(fingers: &[u8]) -> Dg13 {
    Dg13 {
        status_index: 17,
        fingers_digest: crate::crypto::hash::sha256(fingers),
        fingers: vec![],
        passed_over: vec![],
        religion: 1,
        marital_status: 1,
        occupation: 1,
        blood_type: "-".into(),
        rt_rw: "001/002".into(),
        village_code: "3171011001".into(),
        nationality: "IDN".into(),
        nationality_name: String::new(),
        family_card_no: "3171010101010001".into(),
        valid_until: None,
        place_of_issue: "JAKARTA".into(),
    }
}

impl Card {
    /// An honest card with both keys.
    pub(crate) fn new() -> Self {
        let mut rng = DangerousSeededEntropy::new(41);
        let [ca_key, aa_key, ephemeral] = [(); 3].map(|()| PrivateKey::generate(Curve::P256, &mut rng));
        let authority = kit();
        let signer = ds(&authority);
        let fingers = tlv::encode(0x7F61, &tlv::encode(0x02, &[0]));
        let mut files = CardFiles::new();
        files.insert(FileId::CardAccess, card_access::build(Curve::P256));
        files.insert(FileId::Dg1, dg1::build(&zone()).unwrap());
        files.insert(FileId::Dg2, tlv::encode(0x75, &[7; 300]));
        files.insert(FileId::Dg11, details().encode());
        files.insert(FileId::Dg12, Dg12 { authority: "DISDUKCAPIL".into(), date_of_issue: "20261120".into() }.encode());
        files.insert(FileId::Dg13, national(&fingers).encode());
        files.insert(FileId::Dg14, dg14::build(&ca_key.public_key(), Some(1), true));
        files.insert(FileId::Dg15, dg15::build(&aa_key.public_key()));
        files.insert(FileId::Fingers, fingers);
        let now = authority.now;
        let mut card = Self { authority, signer, files, ca_key, aa_key, now, ephemeral };
        card.sign();
        card
    }

    /// Lists and signs the groups that are there.
    pub(crate) fn sign(&mut self) {
        self.files.insert(FileId::Com, Com::over(self.files.iter().map(|(f, _)| f)).encode());
        let object = LdsSecurityObject::over(HashAlg::Sha256, self.files.data_groups());
        let sod = crate::pki::sod::sign(&object, &self.signer.0, &self.signer.1, self.now);
        self.files.insert(FileId::Sod, sod);
    }

    /// A store with this card's authority, and a fresh revocation list.
    pub(crate) fn trust(&self) -> TrustStore {
        let mut store = TrustStore::new(Kind::Production, "ID");
        store.add_csca(self.authority.csca.cert.clone()).unwrap();
        store.add_crl(crl::make(&self.authority.csca, 1, Span::days(self.now, 90), &BTreeMap::new()).unwrap()).unwrap();
        store
    }

    /// What an honest reading of every file sees.
    pub(crate) fn evidence(&self) -> Evidence {
        Evidence {
            version: VERSION,
            mode: ClaimedMode::None,
            read_at: self.now,
            program: "test".into(),
            reader: "memory".into(),
            files: self.files.iter().map(|(f, bytes)| (f, Content::Bytes(bytes.into()))).collect(),
            probes: BTreeMap::new(),
            pace: Some(PaceFacts {
                password: PasswordKind::Can,
                protocol: crate::lds::security_infos::PACE_ECDH_GM_AES_128.into(),
                parameter_id: 12,
            }),
            chip_authentication: Some(self.transcript(&self.ca_key)),
            active_authentication: None,
            terminal_authentication: None,
            timing: None,
            person: None,
        }
    }

    /// Chip Authentication with a chip that holds `chip_key`.
    pub(crate) fn transcript(&self, chip_key: &PrivateKey) -> CaTranscript {
        let secret = self.ephemeral.shared_secret(&chip_key.public_key()).unwrap();
        let keys = SmKeys::from_secret(&secret, 128).unwrap();
        let (mut host, mut chip) = (SmHost::new(keys.clone()), SmCard::new(keys));
        let command = Command::new(0x00, 0xB0, 0x9D, 0x00).with_le(223);
        chip.unwrap(&host.wrap(&command).unwrap()).unwrap();
        let first_response = chip.wrap(&Response::new([0x77, 0x01, 0x00], StatusWord::NO_ERROR)).encode();
        CaTranscript {
            protocol: crate::lds::security_infos::CA_ECDH_AES_128.into(),
            key_id: Some(1),
            answer: CaAnswer::Taken {
                terminal_key: self.ephemeral.public_key().as_bytes().into(),
                first_command: command.encode().unwrap().into(),
                first_response: first_response.into(),
            },
        }
    }
}
