//! A bounded walk over any TLV or DER structure, with the names that are commonly known.

use super::super::tlv::{Reader, Tlv};
use super::super::{der, tlv};
use super::{Node, hex};
use crate::limits::{TLV_DEPTH, TLV_NODES};

/// The whole structure; where it stops being TLV, the rest as hexadecimal.
pub(super) fn tlv(data: &[u8]) -> Node {
    let mut budget = TLV_NODES;
    Node::branch("structure", objects(Reader::new(data), 0, &mut budget))
}

fn objects(mut reader: Reader<'_>, depth: usize, budget: &mut usize) -> Vec<Node> {
    let mut nodes = Vec::new();
    while !reader.is_empty() {
        let rest = reader.remaining();
        *budget = budget.saturating_sub(1);
        match reader.next() {
            Ok(object) if *budget > 0 => nodes.push(one(&object, depth, budget)),
            Ok(_) => return vec![Node::leaf("more", "not shown")],
            Err(error) => {
                nodes.push(Node::fault(format!("from here: {}", hex(rest)), &error));
                return nodes;
            }
        }
    }
    nodes
}

fn one(object: &Tlv<'_>, depth: usize, budget: &mut usize) -> Node {
    let label = name(object.tag);
    if object.is_constructed() && depth < TLV_DEPTH {
        return Node::branch(label, objects(object.reader(), depth + 1, budget));
    }
    let value = match object.tag {
        der::OID => der::read_oid(object).map_or_else(|_| hex(object.value), |o| oid(&o)),
        0x0C | 0x13 | 0x16 | 0x17 | 0x18 => String::from_utf8_lossy(object.value).into_owned(),
        der::NULL => String::new(),
        _ => hex(object.value),
    };
    Node::leaf(label, value)
}

fn name(tag: u32) -> String {
    let known = match tag {
        der::INTEGER => "INTEGER",
        der::BIT_STRING => "BIT STRING",
        der::OCTET_STRING => "OCTET STRING",
        der::NULL => "NULL",
        der::OID => "OBJECT IDENTIFIER",
        der::SEQUENCE => "SEQUENCE",
        der::SET => "SET",
        0x01 => "BOOLEAN",
        0x0C => "UTF8String",
        der::PRINTABLE_STRING => "PrintableString",
        0x16 => "IA5String",
        0x17 => "UTCTime",
        0x18 => "GeneralizedTime",
        _ => return format!("{tag:02X}"),
    };
    known.to_owned()
}

/// An object identifier with its name, where it is one of this field.
pub(super) fn oid(dotted: &str) -> String {
    let name = match dotted {
        "1.2.840.113549.1.7.2" => "signedData",
        "2.23.136.1.1.1" => "ldsSecurityObject",
        "2.16.840.1.101.3.4.2.1" => "SHA-256",
        "2.16.840.1.101.3.4.2.2" => "SHA-384",
        "2.16.840.1.101.3.4.2.3" => "SHA-512",
        "1.3.14.3.2.26" => "SHA-1",
        "1.2.840.113549.1.1.1" => "rsaEncryption",
        "1.2.840.113549.1.1.5" => "sha1WithRSAEncryption",
        "1.2.840.113549.1.1.10" => "RSASSA-PSS",
        "1.2.840.113549.1.1.11" => "sha256WithRSAEncryption",
        "1.2.840.10045.2.1" => "id-ecPublicKey",
        "1.2.840.10045.4.3.2" => "ecdsa-with-SHA256",
        "1.2.840.10045.4.3.3" => "ecdsa-with-SHA384",
        "1.2.840.10045.3.1.7" => "P-256",
        "1.3.132.0.34" => "P-384",
        "1.3.36.3.3.2.8.1.1.7" => "brainpoolP256r1",
        "1.3.36.3.3.2.8.1.1.11" => "brainpoolP384r1",
        "1.2.840.113549.1.9.3" => "contentType",
        "1.2.840.113549.1.9.4" => "messageDigest",
        "1.2.840.113549.1.9.5" => "signingTime",
        "2.5.4.3" => "commonName",
        "2.5.4.5" => "serialNumber",
        "2.5.4.6" => "countryName",
        "2.5.4.10" => "organizationName",
        "2.5.4.11" => "organizationalUnitName",
        "2.5.29.14" => "subjectKeyIdentifier",
        "2.5.29.15" => "keyUsage",
        "2.5.29.16" => "privateKeyUsagePeriod",
        "2.5.29.17" => "subjectAltName",
        "2.5.29.18" => "issuerAltName",
        "2.5.29.19" => "basicConstraints",
        "2.5.29.31" => "cRLDistributionPoints",
        "2.5.29.35" => "authorityKeyIdentifier",
        "2.23.136.1.1.6.2" => "documentTypeList",
        "0.4.0.127.0.7.2.2.2" => "id-TA",
        "0.4.0.127.0.7.2.2.1.2" => "id-PK-ECDH",
        "0.4.0.127.0.7.2.2.3.2.2" => "id-CA-ECDH-AES-CBC-CMAC-128",
        "0.4.0.127.0.7.2.2.4.2.2" => "id-PACE-ECDH-GM-AES-CBC-CMAC-128",
        "2.23.136.1.1.5" => "aaProtocolObject",
        _ => return dotted.to_owned(),
    };
    format!("{name} ({dotted})")
}

/// The first object with this tag anywhere inside, depth first.
pub(super) fn find<'a>(data: &'a [u8], wanted: &dyn Fn(&Tlv<'a>) -> bool) -> Option<Tlv<'a>> {
    fn search<'a>(reader: Reader<'a>, depth: usize, wanted: &dyn Fn(&Tlv<'a>) -> bool) -> Option<Tlv<'a>> {
        for object in reader.all().ok()? {
            if wanted(&object) {
                return Some(object);
            }
            if object.is_constructed()
                && depth < TLV_DEPTH
                && let Some(found) = search(object.reader(), depth + 1, wanted)
            {
                return Some(found);
            }
        }
        None
    }
    tlv::check(data).ok()?;
    search(Reader::new(data), 0, wanted)
}
