//! X.509 certificates, requests and revocation lists, CV certificates and requests, CMS: EF.SOD, statements, sealed messages.

use super::input::Input;
use super::world;
use ektp::pki::{cms, cvc, oid, seal, sod, statement, x509};
use ektp::pki::{key::PublicKey, name::Name, x509::issue::Purpose};

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let Some(which) = input.byte() else { return };
    match which % 10 {
        0 => certificate(input.0),
        1 => crl(input.0),
        2 => drop(x509::request::Request::from_file(input.0)),
        3 => cv_certificate(input.0),
        4 => cv_request(input.0),
        5 => drop(sod::read(input.0)),
        6 => drop(cms::SignedData::parse(input.0, oid::DATA)),
        7 => opened(input.0),
        8 => stated(input),
        _ => parts(input.0),
    }
}

fn certificate(data: &[u8]) {
    let Ok(cert) = x509::Certificate::from_file(data) else { return };
    assert_eq!(x509::Certificate::from_file(cert.to_pem().as_bytes()).as_ref(), Ok(&cert));
    let _ = cert.verify_issued(&cert);
    for purpose in [Purpose::DocumentSigner, Purpose::StatusList] {
        let accepted = x509::path::check(&cert, purpose, &world::sample().store, world::now(), None);
        assert!(accepted.is_err() || world::signed_by_us(&cert), "a forged certificate was accepted");
    }
}

fn crl(data: &[u8]) {
    let Ok(list) = x509::Crl::from_file(data) else { return };
    assert_eq!(x509::Crl::from_file(list.to_pem().as_bytes()).as_ref(), Ok(&list));
    let _ = (list.holds_until(), list.revoked_count());
    let _ = world::sample().store.clone().add_crl(list);
}

fn cv_certificate(data: &[u8]) {
    let Ok(cert) = cvc::Certificate::parse(data) else { return };
    assert_eq!(cvc::Certificate::parse(&cert.encode()).as_ref(), Ok(&cert));
    let _ = cert.verify_self_signed();
    let _ = cert.role();
}

fn cv_request(data: &[u8]) {
    let Ok(request) = cvc::Request::parse(data) else { return };
    let _ = request.verify_inner();
    let _ = request.outer_car();
}

/// A sealed message, opened with the right key.
fn opened(data: &[u8]) {
    let _ = seal::open(data, &world::sample().kit.bureau.key);
}

/// A detached signature over a document.
fn stated(mut input: Input<'_>) {
    let Some(document) = input.short() else { return };
    let _ = statement::verify(document, input.0, Purpose::Approver, &world::sample().store, world::now());
}

fn parts(data: &[u8]) {
    let _ = PublicKey::parse(data);
    let _ = Name::parse(data).map(|name| name.to_string());
    let _ = cvc::Date::parse(data);
    let _ = cvc::Reference::new(data).map(|r| r.to_string());
}
