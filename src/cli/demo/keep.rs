//! What other people's readers need: the files as written, passwords, anchors, terminals of today and of a later month.

use super::bench::{Bench, cannot, read, write};
use super::card::open;
use crate::cli::output::{Failure, Output};
use crate::crypto::ec::{Curve, PrivateKey};
use crate::pki::cvc::{self, Grant, Rights, Role};
use crate::pki::sample::Kit;
use crate::reason::Reason;
use crate::softchip::StateFile;
use crate::softchip::fixture::files_of;
use crate::world::system_entropy;
use std::path::Path;

/// Days by which the later terminal's certificates lie ahead of today's.
const LATER_DAYS: i64 = 40;

/// Writes `files/`, `mrz.txt`, `trust/csca.*`, `sod.cms`, `terminal/` and `terminal-newer/`.
pub(super) fn export(bench: &Bench, out: &mut Output) -> Result<(), Failure> {
    let kit = Kit::load(&bench.dir.join("kit"))?;
    let dir = &bench.dir;
    for sub in ["files", "trust", "terminal", "terminal-newer"] {
        let path = dir.join(sub);
        std::fs::create_dir(&path).map_err(|e| cannot(&path, &e))?;
    }
    let chip = StateFile::at(&dir.join("chip.state")).load(system_entropy())?;
    for (id, bytes) in files_of(&chip).iter() {
        // EF.ATR/INFO has a stroke in its name.
        write(&dir.join("files").join(format!("{}.bin", id.name().replace('/', "-"))), bytes)?;
    }
    write(&dir.join("mrz.txt"), mrz_key(bench)?.as_bytes())?;
    write(&dir.join("trust/csca.pem"), kit.roots.csca.cert.to_pem().as_bytes())?;
    write(&dir.join("trust/csca.der"), kit.roots.csca.cert.as_der())?;
    let sod = read(&dir.join("files/EF.SOD.bin"))?;
    let content = crate::lds::tlv::parse_one(&sod, 0x77)?;
    write(&dir.join("sod.cms"), content.value)?;
    terminal(&dir.join("terminal"), &kit.roots.cvca, &kit.dv, &kit.terminal.chain, &kit.terminal.key)?;
    later_terminal(&dir.join("terminal-newer"), &kit)?;
    out.line(format!("kept in {}", dir.display()));
    Ok(())
}

/// Document number, birth and expiry as a terminal types them (Doc 9303-5: TD1, lines 1 and 2).
fn mrz_key(bench: &Bench) -> Result<String, Failure> {
    let content = open(bench)?;
    let zone: String = content.mrz.expose().split_whitespace().collect();
    let part = |from, to| zone.get(from..to).map(|t: &str| t.trim_end_matches('<'));
    match (part(5, 14), part(30, 36), part(38, 44)) {
        (Some(number), Some(birth), Some(expiry)) => Ok(format!("{number};{birth};{expiry}")),
        _ => Err(Failure::new(Reason::InternalError, "the image's MRZ is not a TD1 zone")),
    }
}

fn terminal(
    dir: &Path,
    root: &cvc::Certificate,
    dv: &cvc::Certificate,
    chain: &[cvc::Certificate],
    key: &PrivateKey,
) -> Result<(), Failure> {
    let own = chain.last().ok_or_else(|| Failure::new(Reason::InternalError, "a terminal without a certificate"))?;
    write(&dir.join("cvca.cvcert"), &root.encode())?;
    write(&dir.join("dv.cvcert"), &dv.encode())?;
    write(&dir.join("is.cvcert"), &own.encode())?;
    // Other people's readers take a plain PKCS#8 key; it is a sample key.
    write(&dir.join("is.pk8"), &crate::pki::key::PrivateKey::from(key.clone()).to_pkcs8())
}

/// A DV and a terminal whose certificates begin later than today's end: they move the chip's date.
fn later_terminal(dir: &Path, kit: &Kit) -> Result<(), Failure> {
    let mut rng = system_entropy();
    let today = jiff::Timestamp::now().to_zoned(jiff::tz::TimeZone::UTC).date();
    let day = |days: i64| cvc::Date::new(today.saturating_add(jiff::Span::new().days(days)));
    let grant = |role| -> Result<Grant, cvc::CvcError> {
        Ok(Grant { role, rights: Rights { fingers: true }, effective: day(LATER_DAYS)?, expiration: day(LATER_DAYS + 25)? })
    };
    let reference = |mnemonic: &str| cvc::Reference::new(format!("ID{mnemonic}00002").as_bytes());
    let (root, root_key) = (&kit.roots.cvca, &kit.roots.cvca_key);
    let dv_key = PrivateKey::generate(Curve::P256, &mut rng);
    let request = cvc::Request::new(&dv_key, &reference("SAMPLEDV")?, Some(&root.body().chr));
    let dv = cvc::issue(root, root_key, Curve::P256, &request, grant(Role::DvDomestic)?)?;
    let key = PrivateKey::generate(Curve::P256, &mut rng);
    let request = cvc::Request::new(&key, &reference("SAMPLEIS")?, Some(&dv.body().chr));
    let own = cvc::issue(&dv, &dv_key, Curve::P256, &request, grant(Role::Terminal)?)?;
    terminal(dir, root, &dv, &[own], &key)
}
