//! CV certificates against the Python package pycvc, both ways. Skipped, with a message, where it is not installed.

use ektp::crypto::ec::{Curve, PrivateKey};
use ektp::pki::cvc::{
    Certificate, CvcError, Date, Grant, Holder, Reference, Request, Rights, Role, TrustState, issue, link, self_signed,
    verify_chain,
};
use ektp::world::DangerousSeededEntropy;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The Python of `scripts/setup interop`, or whichever has pycvc.
fn python() -> Option<PathBuf> {
    let venv = Path::new(env!("CARGO_MANIFEST_DIR")).join("target/venv/bin/python");
    let candidates = [std::env::var_os("EKTP_PYTHON").map(PathBuf::from), Some(venv), Some("python3".into())];
    let has_it = |p: &PathBuf| Command::new(p).args(["-c", "import cvc.certificates"]).output().is_ok_and(|o| o.status.success());
    let found = candidates.into_iter().flatten().find(has_it);
    if found.is_none() {
        assert!(std::env::var_os("EKTP_PYTHON_REQUIRED").is_none(), "no Python with pycvc");
        crate::skipped::skipped("no Python with pycvc; run `scripts/setup interop`");
    }
    found
}

fn run(python: &Path, command: &str, directory: &Path) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/interop/pycvc_check.py");
    let output = Command::new(python).arg(script).arg(command).arg(directory).output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{text}");
}

fn day(month: i8, day: i8) -> Date {
    Date::new(jiff::civil::date(2026, month, day)).unwrap()
}

fn name(text: &str) -> Reference {
    text.parse().unwrap()
}

#[test]
fn chains_made_by_pycvc_are_accepted() {
    let Some(python) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    run(&python, "make", directory.path());
    for kind in ["p256", "p384", "bp256", "rsa15"] {
        let read = |file: &str| std::fs::read(directory.path().join(kind).join(file)).unwrap();
        let [cvca, dv, is] = ["cvca", "dv", "is"].map(|n| Certificate::parse(&read(&format!("{n}.cvcert"))).unwrap());
        cvca.verify_self_signed().unwrap();
        let state = TrustState::new(vec![Holder::trust_point(cvca.body()).unwrap()], day(11, 1)).unwrap();
        let accepted = verify_chain(&state, &[dv.clone(), is.clone()]).unwrap();
        assert_eq!((accepted.holder.rights, accepted.state.date()), (Rights::FINGERS, day(11, 23)), "{kind}");
        assert_eq!(verify_chain(&state, &[is]), Err(CvcError::UnknownIssuer));
        let request = Request::parse(&read("req.cvcert")).unwrap();
        request.verify_inner().unwrap();
        request.verify_outer(&dv.body().public_key, cvca.body().public_key.own_curve()).unwrap();
    }
}

#[test]
fn chains_made_by_us_are_accepted_by_pycvc() {
    let Some(python) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    for (kind, curve) in [("p256", Curve::P256), ("p384", Curve::P384), ("bp256", Curve::Bp256), ("bp384", Curve::Bp384)] {
        let out = directory.path().join(kind);
        std::fs::create_dir(&out).unwrap();
        for (file, bytes) in chain(curve) {
            std::fs::write(out.join(format!("{file}.cvcert")), bytes).unwrap();
        }
    }
    run(&python, "verify", directory.path());
}

fn chain(curve: Curve) -> [(&'static str, Vec<u8>); 6] {
    let mut rng = DangerousSeededEntropy::new(11);
    let mut key = || PrivateKey::generate(curve, &mut rng);
    let (cvca_key, next_key, dv_key, is_key, new_key) = (key(), key(), key(), key(), key());
    let grant = |role, effective, expiration| Grant { role, rights: Rights::FINGERS, effective, expiration };
    let long = grant(Role::Cvca, day(1, 1), day(12, 31));
    let cvca = self_signed(&cvca_key, &name("IDCVCAEKTP00001"), long).unwrap();
    let next = self_signed(&next_key, &name("IDCVCAEKTP00002"), long).unwrap();
    let ask = Request::new(&dv_key, &name("IDDVEKTP00001"), None);
    let dv = issue(&cvca, &cvca_key, curve, &ask, grant(Role::DvDomestic, day(11, 1), day(12, 31))).unwrap();
    let request = Request::new(&is_key, &name("IDISEKTP00001"), Some(&dv.body().chr));
    let is = issue(&dv, &dv_key, curve, &request, grant(Role::Terminal, day(11, 20), day(12, 1))).unwrap();
    let renewal = Request::new(&new_key, &name("IDISEKTP00002"), None).countersigned(&is.body().chr, &is_key);
    [
        ("cvca", cvca.encode()),
        ("link", link(&cvca, &cvca_key, &next).unwrap().encode()),
        ("dv", dv.encode()),
        ("is", is.encode()),
        ("request", request.encode()),
        ("renewal", renewal.encode()),
    ]
}
