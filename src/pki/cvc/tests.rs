//! CV certificates: encodings, requests, chains, dates; every refusal by name.

use super::*;
use crate::crypto::ec::{Curve, PrivateKey};
use crate::lds::der;
use crate::lds::tlv::{self, TlvErrorKind};
use crate::limits::{CERTIFICATE_BYTES, CHAIN_CERTIFICATES};
use crate::reason::{Reason, Refusal};
use crate::world::DangerousSeededEntropy;
use jiff::civil::date;

fn day(year: i16, month: i8, day: i8) -> Date {
    Date::new(date(year, month, day)).unwrap()
}

fn key(curve: Curve, seed: u64) -> PrivateKey {
    PrivateKey::generate(curve, &mut DangerousSeededEntropy::new(seed))
}

fn name(text: &str) -> Reference {
    text.parse().unwrap()
}

fn grant(role: Role, from: Date, to: Date) -> Grant {
    Grant { role, rights: Rights::FINGERS, effective: from, expiration: to }
}

struct House {
    curve: Curve,
    cvca_key: PrivateKey,
    cvca: Certificate,
    dv_key: PrivateKey,
    dv: Certificate,
    is_key: PrivateKey,
    is: Certificate,
}

fn house(curve: Curve) -> House {
    let (cvca_key, dv_key, is_key) = (key(curve, 1), key(curve, 2), key(curve, 3));
    let root = name("IDCVCAEKTP00001");
    let cvca = self_signed(&cvca_key, &root, grant(Role::Cvca, day(2026, 1, 1), day(2028, 12, 31))).unwrap();
    let request = Request::new(&dv_key, &name("IDDVDUKCAP00001"), Some(&root));
    let dv_grant = grant(Role::DvDomestic, day(2026, 11, 1), day(2027, 1, 31));
    let dv = issue(&cvca, &cvca_key, curve, &request, dv_grant).unwrap();
    let request = Request::new(&is_key, &name("IDISDESK1200001"), None);
    let is = issue(&dv, &dv_key, curve, &request, grant(Role::Terminal, day(2026, 11, 20), day(2026, 12, 19))).unwrap();
    House { curve, cvca_key, cvca, dv_key, dv, is_key, is }
}

fn state(house: &House, date: Date) -> TrustState {
    TrustState::new(vec![Holder::trust_point(house.cvca.body()).unwrap()], date).unwrap()
}

fn resign(certificate: &Certificate, key: &PrivateKey, change: impl FnOnce(&mut Body)) -> Certificate {
    let mut body = certificate.body().clone();
    change(&mut body);
    body.sign(key)
}

#[test]
fn chains_on_every_curve_read_back_and_verify() {
    for curve in Curve::ALL {
        let house = house(curve);
        house.cvca.verify_self_signed().unwrap();
        for certificate in [&house.cvca, &house.dv, &house.is] {
            assert_eq!(&Certificate::parse(&certificate.encode()).unwrap(), certificate);
            assert_eq!(certificate.body().encode(), certificate.body_bytes());
        }
        let accepted = verify_chain(&state(&house, day(2026, 11, 1)), &[house.dv.clone(), house.is.clone()]).unwrap();
        assert_eq!((accepted.holder.role, accepted.holder.rights), (Role::Terminal, Rights::FINGERS));
        assert_eq!(accepted.holder.key.point(Some(curve)).unwrap(), house.is_key.public_key());
        assert_eq!(accepted.state.date(), day(2026, 11, 20), "an accurate terminal certificate moves the date");
    }
}

#[test]
fn rights_are_the_and_over_the_chain() {
    let house = house(Curve::P256);
    let none = |c: &Certificate, k: &PrivateKey| resign(c, k, |b| b.chat = Chat::inspection(b.chat.role(), Rights::NONE));
    let start = state(&house, day(2026, 11, 1));
    let rights = |dv: &Certificate, is: &Certificate| verify_chain(&start, &[dv.clone(), is.clone()]).unwrap().holder.rights;
    assert_eq!(rights(&house.dv, &none(&house.is, &house.dv_key)), Rights::NONE);
    assert_eq!(rights(&none(&house.dv, &house.cvca_key), &house.is), Rights::NONE);
    let point = Holder { rights: Rights::NONE, ..start.points()[0].clone() };
    let poor = TrustState::new(vec![point], start.date()).unwrap();
    assert_eq!(verify_chain(&poor, &[house.dv.clone(), house.is.clone()]).unwrap().holder.rights, Rights::NONE);
}

#[test]
fn the_date_moves_with_trusted_certificates_only() {
    let house = house(Curve::P256);
    let old = state(&house, day(2026, 6, 1));
    let after_dv = old.accept(&old.points()[0].clone(), &house.dv).unwrap();
    assert_eq!(after_dv.state.date(), day(2026, 11, 1));
    let foreign = resign(&house.dv, &house.cvca_key, |b| b.chat = Chat::inspection(Role::DvForeign, Rights::FINGERS));
    let after = verify_chain(&old, &[foreign, house.is.clone()]).unwrap();
    assert_eq!(after.state.date(), day(2026, 11, 1), "a foreign DV's terminal is no source of time");
    // An expired terminal is accepted while the chip does not know better, and refused once it does.
    let chain = [house.dv.clone(), house.is.clone()];
    assert!(verify_chain(&state(&house, day(2026, 12, 19)), &chain).is_ok());
    assert_eq!(verify_chain(&state(&house, day(2026, 12, 20)), &chain), Err(CvcError::Expired));
    assert_eq!(CvcError::Expired.reason(), Reason::TerminalNotAccepted);
}

#[test]
fn link_certificates_move_the_trust_points() {
    let house = house(Curve::P256);
    let mut current = state(&house, day(2026, 6, 1));
    let (mut old, mut old_key) = (house.cvca.clone(), house.cvca_key.clone());
    for number in 2..=4u8 {
        let new_key = key(Curve::P256, 40 + u64::from(number));
        let from = day(2026 + i16::from(number), 1, 1);
        let to = day(2027 + i16::from(number), 12, 31);
        let new = self_signed(&new_key, &name(&format!("IDCVCAEKTP0000{number}")), grant(Role::Cvca, from, to)).unwrap();
        let linked = link(&old, &old_key, &new).unwrap();
        let issuer = current.find(&linked.body().car).unwrap().clone();
        let accepted = current.accept(&issuer, &linked).unwrap();
        assert_eq!(accepted.state.accept(&issuer, &linked), Err(CvcError::ReferenceTaken));
        current = accepted.state;
        assert_eq!(current.date(), from);
        assert_eq!(current.points()[0].chr, new.body().chr);
        (old, old_key) = (new, new_key);
    }
    assert_eq!(current.points().len(), 2);
    let file = current.ef_cvca();
    assert_eq!(&file[..17], b"\x42\x0FIDCVCAEKTP00004");
    assert_eq!(&file[17..34], b"\x42\x0FIDCVCAEKTP00003");
    assert_eq!(&file[34..], [0, 0]);
    // The first CVCA is forgotten; its DV is unknown now.
    assert_eq!(verify_chain(&current, &[house.dv, house.is]), Err(CvcError::UnknownIssuer));
}

#[test]
fn an_expired_trust_point_verifies_links_only() {
    let house = house(Curve::P256);
    let late = state(&house, day(2029, 1, 1));
    let dv = resign(&house.dv, &house.cvca_key, |b| b.expiration = day(2029, 2, 1));
    assert_eq!(late.accept(&late.points()[0].clone(), &dv), Err(CvcError::IssuerExpired));
    let new_key = key(Curve::P256, 50);
    let new = self_signed(&new_key, &name("IDCVCAEKTP00002"), grant(Role::Cvca, day(2028, 6, 1), day(2028, 12, 1))).unwrap();
    let linked = link(&house.cvca, &house.cvca_key, &new).unwrap();
    assert!(late.accept(&late.points()[0].clone(), &linked).is_ok(), "an expired link certificate is accepted");
}

#[test]
fn chains_are_refused_by_name() {
    let h = house(Curve::P256);
    let start = state(&h, day(2026, 11, 1));
    let root = start.points()[0].clone();
    let stranger = key(Curve::P256, 99);
    let refused = |c: Certificate| start.accept(&root, &c).unwrap_err();
    assert_eq!(refused(h.is.clone()), CvcError::WrongIssuer);
    assert_eq!(refused(resign(&h.dv, &stranger, |_| ())), CvcError::BadSignature);
    assert_eq!(
        refused(resign(&h.dv, &h.cvca_key, |b| b.chat = Chat::inspection(Role::Terminal, Rights::NONE))),
        CvcError::RoleOrder
    );
    let at = Chat { terminal_type: "0.4.0.127.0.7.3.1.2.2".to_owned(), authorization: vec![0x80, 0, 0, 0, 0] };
    assert_eq!(refused(resign(&h.dv, &h.cvca_key, |b| b.chat = at)), CvcError::OtherTerminalType);
    let explicit = PublicKey::ec(&h.dv_key.public_key());
    assert_eq!(refused(resign(&h.dv, &h.cvca_key, |b| b.public_key = explicit)), CvcError::DomainParameters);
    assert_eq!(refused(resign(&h.dv, &h.cvca_key, |b| b.chr = root.chr.clone())), CvcError::ReferenceTaken);
    let off_curve = |b: &mut Body| {
        if let PublicKey::Ec { point, .. } = &mut b.public_key {
            point[64] ^= 1;
        }
    };
    assert_eq!(refused(resign(&h.dv, &h.cvca_key, off_curve)), CvcError::BadKey);
    assert_eq!(verify_chain(&start, &[]), Err(CvcError::BadChainLength));
    assert_eq!(verify_chain(&start, &vec![h.dv.clone(); CHAIN_CERTIFICATES + 1]), Err(CvcError::BadChainLength));
    assert_eq!(verify_chain(&start, std::slice::from_ref(&h.dv)), Err(CvcError::NoTerminal));
    assert_eq!(verify_chain(&start, std::slice::from_ref(&h.is)), Err(CvcError::UnknownIssuer));
    assert_eq!(TrustState::new(vec![], start.date()), Err(CvcError::BadChainLength));
    let dv = start.accept(&root, &h.dv).unwrap().holder;
    assert_eq!(TrustState::new(vec![dv], start.date()), Err(CvcError::RoleOrder));
    assert_eq!(Holder::trust_point(h.dv.body()), Err(CvcError::RoleOrder));
    assert_eq!(h.is.valid_on(day(2026, 11, 19)), Err(CvcError::NotYetValid));
    assert_eq!(h.is.valid_on(day(2026, 12, 20)), Err(CvcError::Expired));
}

#[test]
fn self_signed_and_links_are_refused_by_name() {
    let h = house(Curve::P256);
    assert_eq!(h.dv.verify_self_signed(), Err(CvcError::WrongIssuer));
    let as_dv = resign(&h.cvca, &h.cvca_key, |b| b.chat = Chat::inspection(Role::DvDomestic, Rights::NONE));
    assert_eq!(as_dv.verify_self_signed(), Err(CvcError::RoleOrder));
    let bare = resign(&h.cvca, &h.cvca_key, |b| b.public_key = b.public_key.clone().without_domain());
    assert_eq!(bare.verify_self_signed(), Err(CvcError::DomainParameters));
    let forged = resign(&h.cvca, &h.dv_key, |_| ());
    assert_eq!(forged.verify_self_signed(), Err(CvcError::BadSignature));
    assert_eq!(link(&h.cvca, &h.cvca_key, &h.cvca), Err(CvcError::ReferenceTaken));
    let other_key = key(Curve::P256, 8);
    let grant = grant(Role::Cvca, day(2027, 1, 1), day(2028, 1, 1));
    let other = self_signed(&other_key, &name("IDCVCAXXXX00001"), grant).unwrap();
    assert_eq!(link(&h.cvca, &h.cvca_key, &other), Err(CvcError::WrongIssuer));
    assert_eq!(link(&h.cvca, &other_key, &other), Err(CvcError::BadKey));
    assert_eq!(self_signed(&other_key, &name("IDX00001"), Grant { role: Role::Terminal, ..grant }), Err(CvcError::RoleOrder));
}

#[test]
fn issuing_is_refused_by_name() {
    let h = house(Curve::P256);
    let request = Request::new(&h.is_key, &name("IDISDESK1200002"), None);
    let good = grant(Role::Terminal, day(2026, 11, 20), day(2026, 12, 19));
    let try_it = |issuer: &Certificate, key: &PrivateKey, grant: Grant| issue(issuer, key, h.curve, &request, grant).unwrap_err();
    assert_eq!(try_it(&h.cvca, &h.cvca_key, good), CvcError::RoleOrder);
    assert_eq!(try_it(&h.is, &h.is_key, good), CvcError::RoleOrder);
    assert_eq!(try_it(&h.dv, &h.cvca_key, good), CvcError::BadKey);
    assert_eq!(try_it(&h.dv, &h.dv_key, Grant { expiration: day(2026, 12, 22), ..good }), CvcError::ValidityTooLong(31));
    assert_eq!(try_it(&h.dv, &h.dv_key, Grant { expiration: day(2026, 11, 1), ..good }), CvcError::BadValidity);
    let poor = resign(&h.dv, &h.cvca_key, |b| b.chat = Chat::inspection(Role::DvDomestic, Rights::NONE));
    assert_eq!(try_it(&poor, &h.dv_key, good), CvcError::RightsBeyondIssuer);
    let elsewhere = Request::new(&key(Curve::P384, 4), &name("IDIS00001"), None);
    assert_eq!(issue(&h.dv, &h.dv_key, h.curve, &elsewhere, good), Err(CvcError::UnsupportedCurve));
}

#[test]
fn requests_carry_one_or_two_signatures() {
    let h = house(Curve::Bp256);
    let new_key = key(Curve::Bp256, 70);
    let plain = Request::new(&new_key, &name("IDISDESK1200002"), Some(&h.dv.body().chr));
    assert_eq!(Request::parse(&plain.encode()), Ok(plain.clone()));
    plain.verify_inner().unwrap();
    assert_eq!(plain.verify_outer(&h.is.body().public_key, Some(h.curve)), Err(CvcError::OuterSignatureMissing));
    let signed = plain.clone().countersigned(&h.is.body().chr, &h.is_key);
    let read = Request::parse(&signed.encode()).unwrap();
    assert_eq!((&read, read.outer_car()), (&signed, Some(&h.is.body().chr)));
    read.verify_outer(&h.is.body().public_key, Some(h.curve)).unwrap();
    assert_eq!(read.verify_outer(&h.dv.body().public_key, Some(h.curve)), Err(CvcError::BadOuterSignature));
    let mut forged = plain.encode();
    let end = forged.len() - 1;
    forged[end] ^= 1;
    assert_eq!(Request::parse(&forged).unwrap().verify_inner(), Err(CvcError::BadSignature));
    let mut stolen = read;
    stolen.public_key = stolen.public_key.without_domain();
    assert_eq!(stolen.verify_inner(), Err(CvcError::DomainParameters));
}

#[test]
fn rsa_keys_verify_and_weak_or_unknown_ones_are_refused() {
    use crate::crypto::hash::HashAlg::{Sha1, Sha224, Sha256};
    use rsa::traits::PublicKeyParts as _;
    let mut rng = DangerousSeededEntropy::new(5);
    let private = rsa::RsaPrivateKey::new(&mut rng, 2048).unwrap();
    let message = b"the certificate body";
    let (modulus, exponent) = (private.n().to_be_bytes().to_vec(), vec![1, 0, 1]);
    let with = |algorithm| PublicKey::Rsa { algorithm, modulus: modulus.clone(), exponent: exponent.clone() };
    let (sha1, sha256) = (Sha1.digest(message), Sha256.digest(message));
    let pkcs1_sha1 = private.sign(rsa::Pkcs1v15Sign::new::<sha1::Sha1>(), &sha1).unwrap();
    let pkcs1_sha256 = private.sign(rsa::Pkcs1v15Sign::new::<sha2::Sha256>(), &sha256).unwrap();
    let pss_sha1 = private.sign_with_rng(&mut rng, rsa::Pss::<sha1::Sha1>::new(), &sha1).unwrap();
    let pss_sha256 = private.sign_with_rng(&mut rng, rsa::Pss::<sha2::Sha256>::new(), &sha256).unwrap();
    with(Algorithm::RsaPkcs1(Sha1)).verify(None, message, &pkcs1_sha1).unwrap();
    with(Algorithm::RsaPkcs1(Sha256)).verify(None, message, &pkcs1_sha256).unwrap();
    with(Algorithm::RsaPss(Sha1)).verify(None, message, &pss_sha1).unwrap();
    with(Algorithm::RsaPss(Sha256)).verify(None, message, &pss_sha256).unwrap();
    assert_eq!(with(Algorithm::RsaPss(Sha256)).verify(None, b"other", &pss_sha256), Err(CvcError::BadSignature));
    assert_eq!(with(Algorithm::RsaPss(Sha256)).verify(None, message, &pkcs1_sha256), Err(CvcError::BadSignature));
    assert_eq!(with(Algorithm::RsaPss(Sha224)).verify(None, message, &pss_sha256), Err(CvcError::UnknownAlgorithm));
    assert_eq!(with(Algorithm::RsaPss(Sha256)).point(None), Err(CvcError::UnknownAlgorithm));
    let bytes = with(Algorithm::RsaPss(Sha256)).encode();
    assert_eq!(PublicKey::read(&tlv::parse_one(&bytes, 0x7F49).unwrap()), Ok(with(Algorithm::RsaPss(Sha256))));
    let weak = PublicKey::Rsa { algorithm: Algorithm::RsaPss(Sha256), modulus: vec![0xFF; 64], exponent: vec![3] }.encode();
    assert_eq!(PublicKey::read(&tlv::parse_one(&weak, 0x7F49).unwrap()), Err(CvcError::BadKey));
}

#[test]
fn encodings_are_refused_by_name() {
    let h = house(Curve::P256);
    let good = h.dv.encode();
    assert_eq!(Certificate::parse(&vec![0; CERTIFICATE_BYTES + 1]), Err(CvcError::TooLarge));
    for end in 0..good.len() {
        assert!(matches!(Certificate::parse(&good[..end]), Err(CvcError::Encoding(_))), "cut at {end}");
    }
    let body = |change: &dyn Fn(&mut Vec<Vec<u8>>)| {
        let object = tlv::parse_one(h.dv.body_bytes(), 0x7F4E).unwrap();
        let mut parts: Vec<Vec<u8>> = object.children().unwrap().iter().map(|c| tlv::encode(c.tag, c.value)).collect();
        change(&mut parts);
        Body::parse(&tlv::encode(0x7F4E, &parts.concat())).unwrap_err()
    };
    let profile = body(&|p| p[0] = tlv::encode(0x5F29, &[1]));
    assert!(matches!(profile, CvcError::Encoding(e) if e.kind == TlvErrorKind::BadValue(0x5F29)));
    assert_eq!(body(&|p| p[1] = tlv::encode(0x42, b"id")), CvcError::BadReference);
    assert_eq!(body(&|p| p[2] = tlv::encode_all(0x7F49, &[&der::oid("1.2.3")])), CvcError::UnknownAlgorithm);
    assert_eq!(body(&|p| p[5] = tlv::encode(0x5F25, &[9; 6])), CvcError::BadDate);
    assert_eq!(body(&|p| p[6] = tlv::encode(0x5F24, &[2, 6, 0, 1, 0, 1])), CvcError::BadValidity);
    let no_rights = tlv::encode_all(0x7F4C, &[&der::oid(ID_IS), &[0x53, 0]]);
    assert_eq!(body(&|p| p[4].clone_from(&no_rights)), CvcError::BadAuthorization);
    assert!(matches!(body(&|p| p.swap(1, 3)), CvcError::Encoding(_)));
    assert!(matches!(body(&|p| p.push(vec![0x53, 0])), CvcError::Encoding(_)));
    // Extensions are tolerated.
    let extended = resign(&h.dv, &h.cvca_key, |b| b.extensions = Some(tlv::encode(0x73, &der::oid("0.4.0.127.0.7.3.1.3.1"))));
    assert_eq!(Certificate::parse(&extended.encode()).unwrap(), extended);
}

proptest::proptest! {
    #[test]
    fn any_bytes_are_parsed_or_refused(data: Vec<u8>) {
        let _ = Certificate::parse(&data);
        let _ = Request::parse(&data);
        let _ = Certificate::parse(&tlv::encode(0x7F21, &data));
    }

    #[test]
    fn one_changed_byte_is_refused(at in 0usize..1000, bit in 0u8..8) {
        let h = house(Curve::P256);
        let mut bytes = h.dv.encode();
        let at = at % bytes.len();
        bytes[at] ^= 1 << bit;
        let start = state(&h, day(2026, 11, 1));
        let accepted = Certificate::parse(&bytes).and_then(|c| start.accept(&start.points()[0].clone(), &c));
        assert!(accepted.is_err());
    }
}
