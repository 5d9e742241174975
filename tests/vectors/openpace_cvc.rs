//! CV certificates and requests that others made: the examples in OpenPACE's self-test (source in openpace-cvc.json).

use ektp::crypto::ec::Curve;
use ektp::crypto::hash::HashAlg;
use ektp::pki::cvc::{Algorithm, Certificate, CvcError, Request, Role};
use std::collections::BTreeMap;

fn objects() -> BTreeMap<String, Vec<u8>> {
    let text = include_str!("openpace-cvc.json");
    let value: serde_json::Value = serde_json::from_str(text).unwrap();
    let unhex = |t: &str| (0..t.len() / 2).map(|i| u8::from_str_radix(&t[2 * i..2 * i + 2], 16).unwrap()).collect();
    value["objects"].as_object().unwrap().iter().map(|(k, v)| (k.clone(), unhex(v.as_str().unwrap()))).collect()
}

fn certificate(name: &str) -> Certificate {
    Certificate::parse(&objects()[name]).unwrap()
}

#[test]
fn every_canonical_object_reads_back_byte_for_byte() {
    let (mut certificates, mut requests) = (0, 0);
    for (name, bytes) in objects() {
        // Its outer length 82 00E7 is not in shortest form, which DER forbids.
        if name == "kba_dvca_cert" {
            assert!(matches!(Certificate::parse(&bytes), Err(CvcError::Encoding(_))));
        } else if let Ok(certificate) = Certificate::parse(&bytes) {
            assert_eq!(certificate.encode(), bytes, "{name}");
            assert_eq!(certificate.body().encode(), certificate.body_bytes(), "{name}");
            certificates += 1;
        } else {
            assert_eq!(Request::parse(&bytes).unwrap().encode(), bytes, "{name}");
            requests += 1;
        }
    }
    assert_eq!((certificates, requests), (25, 3));
}

#[test]
fn an_rsa_chain_verifies() {
    let [cvca, dv, terminal] = ["tc_dh_cvca", "tc_dh_dv_cert", "tc_dh_ta_cert"].map(certificate);
    cvca.verify_self_signed().unwrap();
    dv.verify(&cvca.body().public_key, None).unwrap();
    terminal.verify(&dv.body().public_key, None).unwrap();
    assert_eq!((cvca.role(), dv.role(), terminal.role()), (Role::Cvca, Role::DvDomestic, Role::Terminal));
    assert_eq!(cvca.body().public_key.algorithm(), Algorithm::RsaPkcs1(HashAlg::Sha1));
    assert_eq!(terminal.verify(&cvca.body().public_key, None), Err(CvcError::BadSignature));
    // They belong to eIDAS terminals (id-AT), which our chips do not serve.
    assert_eq!(dv.body().chat.rights(), Err(CvcError::OtherTerminalType));
    let request = Request::parse(&objects()["MY_cvreq"]).unwrap();
    request.verify_inner().unwrap();
}

#[test]
fn brainpool_certificates_of_the_german_eid_verify() {
    certificate("wrong_tc_ecdh_cvca").verify_self_signed().unwrap();
    let pairs = [
        ("allianz_cert", "allianz_dvcert"),
        ("kba_cert_2", "kba_dvca_cert_2"),
        ("mein_cockpit_cert", "mein_cockpit_dvcert"),
        ("schufa_cert", "schufa_dvcert"),
        ("service_bw_cert", "service_bw_dvcert"),
        ("service_bw_cert_4", "service_bw_dvcert"),
    ];
    for (terminal, dv) in pairs {
        let (terminal, dv) = (certificate(terminal), certificate(dv));
        assert_eq!(terminal.body().car, dv.body().chr);
        terminal.verify(&dv.body().public_key, Some(Curve::Bp256)).unwrap();
        assert!(terminal.body().extensions.is_some(), "extensions are tolerated");
    }
}

#[test]
fn curves_that_are_not_ours_are_read_and_not_verified() {
    for name in ["tc_ecdh_cvca_cert", "cvc2"] {
        assert_eq!(certificate(name).verify_self_signed(), Err(CvcError::UnsupportedCurve), "{name}");
    }
    for name in ["req_18102010_csr", "csr_with_outer_sig"] {
        assert_eq!(Request::parse(&objects()[name]).unwrap().verify_inner(), Err(CvcError::UnsupportedCurve), "{name}");
    }
}
