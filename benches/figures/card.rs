//! The card that every figure is about: the sample citizen, built, authorized and ready to be personalized.

use ektp::crypto::hash::{sha1, sha256};
use ektp::lds::build::{Built, Numbers, build};
use ektp::lds::image::{Draft, Manifest};
use ektp::lds::profile::{ExtendedLength, Profile};
use ektp::perso::job::{JobId, NewJob, Placement};
use ektp::perso::stream::{Parameters, Passwords, Reserve};
use ektp::perso::work::{AuthorizationBytes, Face, Work};
use ektp::pki::authorization::{Authorization, Digest, FORMAT, IssueReason};
use ektp::pki::sample::Kit;
use ektp::record::Record;
use ektp::secret::Secret;
use ektp::world::{Clock as _, DangerousSeededEntropy, FixedClock, SystemClock};

/// Name of the signer that may spend the authorizations.
pub const SIGNER: &str = "figures";

/// A country, a resident and the time at which all of it happens.
pub struct Country {
    pub kit: Kit,
    pub record: Record,
    pub clock: FixedClock,
}

impl Country {
    pub fn new() -> Self {
        let clock = FixedClock(SystemClock.now());
        let kit = Kit::mint(&clock, &mut DangerousSeededEntropy::new(1)).unwrap();
        let (record, _) = ektp::record::sample::citizen().unwrap();
        Self { kit, record, clock }
    }
}

/// A built card with all that a station needs.
pub struct Order {
    pub profile: Profile,
    pub built: Built,
    manifest: Vec<u8>,
    authorization: ektp::pki::authorization::Signed,
}

impl Order {
    /// Builds the card of a profile; `extended`: the chip says that it takes extended length fields.
    pub fn build(country: &Country, profile: &str, extended: bool) -> Self {
        let mut profile = Profile::named(profile).unwrap();
        profile.extended_length = extended.then_some(ExtendedLength { command: 4_096, response: 4_096 });
        let numbers = Numbers::draw(&country.record, &profile, &mut DangerousSeededEntropy::new(2));
        let built = build(&country.record, &profile, profile.face, numbers).unwrap();
        let manifest = Draft::of(&built, &country.record, &profile, "figures", None).manifest;
        let parsed = Manifest::parse(&manifest).unwrap();
        let digest = |hex: &String| serde_json::from_value::<Digest>(serde_json::Value::String(hex.clone())).unwrap();
        let authorization = Authorization {
            format: FORMAT.into(),
            application: "figures".into(),
            nik_digest: None,
            record_digest: digest(&parsed.record_digest),
            template_digests: parsed.template_digests.iter().map(digest).collect(),
            manifest_digest: Digest::of(&manifest),
            route: "figures".into(),
            reason: IssueReason::Sample,
            signer: SIGNER.into(),
        };
        let authorization = authorization.approve(&country.kit.approver, country.clock.now()).unwrap();
        Self { profile, built, manifest, authorization }
    }

    /// The work of one job.
    pub fn work(&self, country: &Country) -> Work {
        let manifest = Manifest::parse(&self.manifest).unwrap();
        let numbers = &self.built.numbers;
        let mrz_sha1 = self.built.key_text.as_ref().map(|text| Secret::new(sha1(text.expose().as_bytes())));
        Work {
            job: NewJob {
                id: JobId::parse("figures").unwrap(),
                image_at: String::new(),
                image_digest: sha256(&self.manifest),
                authorization_digest: sha256(&self.authorization.json),
                document_number: numbers.document_number.clone(),
                status_index: u64::from(numbers.status_index),
                profile: self.profile.name.clone(),
                chip_date: country.clock.today(),
                trust_point: country.kit.roots.cvca.body_bytes().to_vec(),
                place: Placement::default(),
            },
            files: self.built.files.clone(),
            passwords: Passwords { can: Some(numbers.can.clone()), mrz_sha1, bac: false },
            reserve: Reserve { dg14: manifest.reserve.dg14, dg15: manifest.reserve.dg15, sod: manifest.reserve.sod },
            parameters: Parameters {
                parameter_id: self.profile.curve.parameter_id(),
                ca_key_id: self.profile.ca_key_id,
                aa: self.profile.active_authentication,
            },
            curve: self.profile.curve,
            face: Face { name: self.profile.face.name().into(), passwords: vec![] },
            authorization: AuthorizationBytes {
                manifest: self.manifest.clone(),
                statement: self.authorization.json.clone(),
                signature: self.authorization.signature.clone(),
            },
        }
    }
}
