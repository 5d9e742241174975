//! `ektp card build`: a sealed card image, durable under its job id.

use super::super::output::{Failure, Outcome, Output};
use super::super::{recipient, secret_input};
use super::input::Order;
use super::plan;
use crate::crypto::hash::sha256;
use crate::lds::build::{Built, Numbers};
use crate::lds::image::{CardImage, Draft, ImageError};
use crate::lds::numbers::Register;
use crate::lds::profile::Profile;
use crate::pki::seal::{self, Recipient};
use crate::reason::Reason;
use crate::record::Record;
use crate::world::system_entropy;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// Options of `card build`.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(flatten)]
    order: Order,
    /// Certificate of the bureau or office that may open the image (PEM or DER)
    #[arg(long, value_name = "CERT")]
    recipient: PathBuf,
    /// Trust store whose operations root must have signed it; without one, only a sample bureau is accepted
    #[arg(long, value_name = "DIR")]
    trust: Option<PathBuf>,
    /// The image's folder; it must not exist, unless it is this job's
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
    /// The job's identifier: the same id and content give the same image, other content is refused
    #[arg(long, value_name = "ID", value_parser = crate::cli::job::parse_id)]
    job_id: String,
    /// The authority's register of numbers (made if it is not there): no document number and no status index is given twice, and a
    /// job keeps its own; one register for all who build cards of one status list. Without it the register is numbers.db beside
    /// this user's jobs ($EKTP_JOBS), of which no other desk knows: for samples alone
    #[arg(long, value_name = "FILE")]
    numbers: Option<PathBuf>,
    /// The issuing office's key for the NIK digest: - (standard input), prompt or file:PATH
    #[arg(long, value_name = "SOURCE")]
    nik_key: Option<String>,
}

impl Args {
    /// The order of `perso run RECORD`: sealed to the kit's bureau, numbers from the station's register, no NIK digest.
    pub(super) fn of_record(record: &Path, profile: &str, kit: &Path, out: &Path, job: &str, numbers: &Path) -> Self {
        Self {
            order: Order { record: Some(record.to_owned()), profile: profile.to_owned(), face: None },
            recipient: kit.join("bureau.cert.pem"),
            trust: Some(kit.join("trust")),
            out: out.to_owned(),
            job_id: job.to_owned(),
            numbers: Some(numbers.to_owned()),
            nik_key: None,
        }
    }
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Result<Outcome, Failure> {
    let profile = args.order.profile()?;
    let record = args.order.record(None, out)?;
    let recipient = recipient::check(&args.recipient, args.trust.as_deref())?;
    let nik_digest = nik_digest(args, &record)?;
    let mut rng = system_entropy();
    let mut register = register(args)?;
    let given = register.give(&args.job_id, profile.status_indices, &mut rng)?;
    let numbers = Numbers::given(given, register.can(&args.job_id, &record.seal_key(), &mut rng)?, &record, &profile);
    let built = args.order.build(&record, &profile, numbers)?;
    register.bind(&args.job_id, &content(&record, &profile, &built, &recipient, nik_digest))?;
    let draft = Draft::of(&built, &record, &profile, &args.job_id, nik_digest);
    if args.out.exists() {
        return repeated(args, &draft, out);
    }
    if args.numbers.is_none() {
        out.note(
            "! the numbers are this user's own, and another desk may give them too: a bureau names its register by --numbers",
        );
    }
    let sealed = seal::seal(&draft.plaintext, &recipient, &mut rng).map_err(|e| Failure::at(&args.recipient, &e))?;
    let image = CardImage::new(draft.manifest.clone(), sealed)?;
    match image.write(&args.out) {
        // Another run of this very job came first.
        Err(ImageError::Conflict) => return repeated(args, &draft, out),
        other => other?,
    }
    plan::print(&built, out);
    out.line(format!("image: {}", args.out.display()));
    let mut data = plan::describe(&built);
    if let (Some(object), Value::Object(more)) = (data.as_object_mut(), describe(&image, args, false)) {
        object.extend(more);
    }
    Ok(Outcome::yes(data))
}

/// What the job's image is made from: whatever of it is another makes another card, or another reader of this one.
fn content(record: &Record, profile: &Profile, built: &Built, recipient: &Recipient, nik: Option<[u8; 32]>) -> [u8; 32] {
    let (face, bureau) = (sha256(built.plan.face.name().as_bytes()), recipient.cert().public_key().digest());
    let nik = sha256(nik.as_ref().map_or(&[][..], |digest| &digest[..]));
    sha256(&[record.digest(), profile.digest, face, bureau, nik].concat())
}

/// The register that was named, or this user's own: a job keeps its numbers wherever its images go.
fn register(args: &Args) -> Result<Register, Failure> {
    register_at(args.numbers.as_deref())
}

/// The register in a file, or this user's own.
pub(super) fn register_at(path: Option<&Path>) -> Result<Register, Failure> {
    match path {
        Some(path) => Ok(Register::open(path)?),
        None => Ok(Register::open(&crate::cli::job::own_folder()?.join("numbers.db"))?),
    }
}

/// The image of an earlier run, if it is of this job and this content.
fn repeated(args: &Args, draft: &Draft, out: &mut Output) -> Result<Outcome, Failure> {
    let conflict = || Failure::new(Reason::JobConflict, format!("{} holds something else", args.out.display()));
    let image = CardImage::read(&args.out).map_err(|_| conflict())?;
    let now = CardImage::new(draft.manifest.clone(), Vec::new())?;
    // An image whose numbers the register did not give would let them be given again.
    let registered = image.manifest.numbers_digest == now.manifest.numbers_digest;
    if !(registered && image.manifest.same_order(&now.manifest)) {
        return Err(conflict());
    }
    out.line(format!("image: {} (built before)", args.out.display()));
    Ok(Outcome::yes(describe(&image, args, true)))
}

fn describe(image: &CardImage, args: &Args, repeated: bool) -> Value {
    json!({
        "image": args.out,
        "job_id": image.manifest.job_id,
        "manifest_digest": crate::lds::image::manifest::hex(&image.manifest_digest()),
        "record_digest": image.manifest.record_digest,
        "sealed_bytes": image.sealed.len(),
        "numbers": if args.numbers.is_some() { "registered" } else { "own" },
        "repeated": repeated,
    })
}

/// HMAC-SHA-256 of the NIK under the office's key.
fn nik_digest(args: &Args, record: &Record) -> Result<Option<[u8; 32]>, Failure> {
    use hmac::{Hmac, KeyInit, Mac};
    let Some(source) = &args.nik_key else { return Ok(None) };
    let key = secret_input::read(source, "the key of the NIK digest")?;
    if key.expose().len() < 16 {
        return Err(Failure::new(Reason::InputInvalid, "the key of the NIK digest has fewer than 16 characters"));
    }
    let mac = Hmac::<sha2::Sha256>::new_from_slice(key.expose().as_bytes());
    let mut mac = mac.map_err(|_| Failure::new(Reason::InputInvalid, "the key of the NIK digest is unusable"))?;
    mac.update(b"ektp-nik-1");
    mac.update(record.nik.as_str().as_bytes());
    Ok(Some(mac.finalize().into_bytes().into()))
}
