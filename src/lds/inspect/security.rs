//! Explains keys, protocols and the security object, and compares hashes. No signature is verified here.

use super::super::cvca::Cvca;
use super::super::dg15::ActiveAuthenticationKey;
use super::super::file_id::FileId;
use super::super::security_infos::{SecurityInfo, SecurityInfos};
use super::super::sod::{ID_LDS_SECURITY_OBJECT, LdsSecurityObject, TAG as SOD_TAG};
use super::super::tlv::{self, TlvError, TlvErrorKind};
use super::super::{card_access as access_file, der, dg14 as dg14_file, dg15 as dg15_file};
use super::walk::{self, oid};
use super::{Node, Parts, hex};
use crate::crypto::ec::PublicKey;
use std::collections::BTreeMap;

pub(super) fn card_access(bytes: &[u8]) -> Parts {
    Ok(infos(&access_file::parse(bytes)?))
}

pub(super) fn dg14(bytes: &[u8]) -> Parts {
    Ok(infos(&dg14_file::parse(bytes)?))
}

fn infos(infos: &SecurityInfos) -> Vec<Node> {
    infos.0.iter().map(info).collect()
}

fn info(info: &SecurityInfo) -> Node {
    let id = |id: Option<u64>| id.map(|n| Node::leaf("key identifier", n.to_string()));
    let protocol = Node::leaf("protocol", oid(info.oid()));
    match info {
        SecurityInfo::Pace(p) => {
            let parameters = p.parameter_id.map(|n| {
                let curve = p.curve().map(|c| format!(", {c:?}")).unwrap_or_default();
                Node::leaf("domain parameters", format!("{n}{curve}"))
            });
            let version = Node::leaf("version", p.version.to_string());
            Node::branch("PACEInfo", [Some(protocol), Some(version), parameters].into_iter().flatten().collect())
        }
        SecurityInfo::ChipAuthentication(c) => {
            let version = Node::leaf("version", c.version.to_string());
            Node::branch("ChipAuthenticationInfo", [Some(protocol), Some(version), id(c.key_id)].into_iter().flatten().collect())
        }
        SecurityInfo::ChipAuthenticationPublicKey(k) => {
            let parts = [Some(protocol), Some(key(&k.key)), id(k.key_id)];
            Node::branch("ChipAuthenticationPublicKeyInfo", parts.into_iter().flatten().collect())
        }
        SecurityInfo::TerminalAuthentication { version } => {
            Node::branch("TerminalAuthenticationInfo", vec![protocol, Node::leaf("version", version.to_string())])
        }
        SecurityInfo::ActiveAuthentication { hash } => {
            Node::branch("ActiveAuthenticationInfo", vec![protocol, Node::leaf("hash", format!("{hash:?}"))])
        }
        SecurityInfo::Other { der, .. } => Node::branch("SecurityInfo", vec![protocol, walk::tlv(der)]),
    }
}

fn key(key: &PublicKey) -> Node {
    Node::leaf(format!("public key on {:?}", key.curve()), hex(key.as_bytes()))
}

pub(super) fn dg15(bytes: &[u8]) -> Parts {
    Ok(match dg15_file::parse(bytes)? {
        ActiveAuthenticationKey::Ec(k) => vec![key(&k)],
        ActiveAuthenticationKey::Rsa { modulus, exponent } => vec![
            Node::leaf("RSA", format!("{} bits", modulus.len() * 8)),
            Node::leaf("modulus", hex(&modulus)),
            Node::leaf("exponent", hex(&exponent)),
        ],
    })
}

pub(super) fn cvca(bytes: &[u8]) -> Parts {
    let file = Cvca::parse(bytes)?;
    let name = |label: &str, reference: &[u8]| Node::leaf(label, String::from_utf8_lossy(reference));
    let previous = file.previous.as_ref().map(|p| name("previous trust point", p));
    Ok([Some(name("trust point", &file.current)), previous].into_iter().flatten().collect())
}

pub(super) fn sod(bytes: &[u8]) -> Parts {
    let file = tlv::parse_one(bytes, SOD_TAG)?;
    tlv::check(bytes)?;
    let object =
        security_object(bytes).ok_or_else(|| TlvError::at(TlvErrorKind::Missing(der::OCTET_STRING), file.position))??;
    let hash = |(number, hash): (&u8, &Vec<u8>)| Node::leaf(format!("DG{number}"), hex(hash));
    let mut nodes = vec![
        Node::leaf("hash function", format!("{:?}", object.hash_alg)),
        Node::branch("signed hashes", object.hashes.iter().map(hash).collect()),
    ];
    if let Some(versions) = &object.versions {
        nodes.push(Node::leaf("LDS version", &versions.lds));
        nodes.push(Node::leaf("Unicode version", &versions.unicode));
    }
    nodes.push(Node::leaf("signature", "not verified here; `ektp verify card` does"));
    nodes.push(Node::branch("CMS message", walk::tlv(file.value).children));
    Ok(nodes)
}

/// The LDS security object inside EF.SOD: the octets beside its content type.
fn security_object(bytes: &[u8]) -> Option<Result<LdsSecurityObject, TlvError>> {
    let content = walk::find(bytes, &|object| {
        object.tag == der::SEQUENCE
            && object.reader().next().is_ok_and(|first| der::read_oid(&first).is_ok_and(|o| o == ID_LDS_SECURITY_OBJECT))
    })?;
    let octets = walk::find(content.value, &|object| object.tag == der::OCTET_STRING)?;
    Some(LdsSecurityObject::parse(octets.value))
}

/// Each group present against its hash in EF.SOD; `None` without a readable EF.SOD.
pub(super) fn compare_hashes(files: &BTreeMap<FileId, Vec<u8>>) -> Option<Node> {
    let object = security_object(files.get(&FileId::Sod)?)?.ok()?;
    let mut nodes: Vec<Node> = object
        .hashes
        .iter()
        .map(|(number, hash)| {
            let label = format!("DG{number}");
            match FileId::from_data_group(*number).and_then(|f| files.get(&f)) {
                None => Node::leaf(label, "not here"),
                Some(bytes) if object.hash_alg.digest(bytes) == *hash => Node::leaf(label, "equal"),
                Some(_) => Node::fault(label, &"differs"),
            }
        })
        .collect();
    let groups = files.keys().filter_map(|f| f.data_group());
    let unsigned = groups.filter(|n| !object.hashes.contains_key(n));
    nodes.extend(unsigned.map(|n| Node::fault(format!("DG{n}"), &"not in EF.SOD")));
    Some(Node::branch("hashes against EF.SOD (signature not verified)", nodes))
}
