//! Explains the groups of text: machine readable zone, personal and document details, national elements, directories.

use super::super::atr_info::AtrInfo;
use super::super::com::Com;
use super::super::dg13::Dg13;
use super::super::mrz::{MrzSex, Td1, check_digit};
use super::super::tlv::{Reader, Tlv, TlvErrorKind};
use super::super::{dg1 as dg1_file, ef_dir};
use super::{Node, Parts, hex};
use crate::finger::FingerPosition;
use crate::reason::Lang;
use crate::record::{MaritalStatus, Occupation, PassedOver, Religion};

pub(super) fn dg1(bytes: &[u8]) -> Parts {
    let text = dg1_file::parse(bytes)?;
    let width = match text.len() {
        90 => 30,
        72 => 36,
        _ => 44,
    };
    let lines = text.as_bytes().chunks(width).map(|l| Node::leaf("line", String::from_utf8_lossy(l))).collect();
    let mut nodes = vec![Node::branch("machine readable zone", lines)];
    if width == 30 {
        match Td1::parse(&text) {
            Ok(zone) => nodes.extend(td1(&zone)),
            Err(error) => nodes.push(Node::fault("zone", &error)),
        }
    } else {
        nodes.extend(td2_or_td3(&text, width));
    }
    Ok(nodes)
}

fn td1(zone: &Td1) -> Vec<Node> {
    let sex = match zone.sex {
        MrzSex::Male => "male",
        MrzSex::Female => "female",
        MrzSex::Unspecified => "unspecified",
    };
    vec![
        Node::leaf("document code", &zone.document_code),
        Node::leaf("issuing state", &zone.issuer),
        Node::leaf("document number", &zone.document_number),
        Node::leaf("optional data 1", &zone.optional_1),
        Node::leaf("date of birth (YYMMDD)", zone.birth.as_str()),
        Node::leaf("sex", sex),
        Node::leaf("date of expiry (YYMMDD)", zone.expiry.as_str()),
        Node::leaf("nationality", &zone.nationality),
        Node::leaf("optional data 2", &zone.optional_2),
        Node::leaf("name, primary", zone.name.primary.replace('<', " ")),
        Node::leaf("name, secondary", zone.name.secondary.replace('<', " ")),
        Node::leaf("check digits", "all right"),
    ]
}

/// The second line of TD2 and TD3 zones has the same places up to the date of expiry.
fn td2_or_td3(text: &str, width: usize) -> Vec<Node> {
    let part = |from: usize, to: usize| text.get(from..to).unwrap_or_default();
    let second = |from: usize, to: usize| part(width + from, width + to);
    let mut nodes = vec![
        Node::leaf("document code", part(0, 2).trim_end_matches('<')),
        Node::leaf("issuing state", part(2, 5).trim_end_matches('<')),
        Node::leaf("name", part(5, width).trim_end_matches('<').replace("<<", ", ").replace('<', " ")),
        Node::leaf("document number", second(0, 9).trim_end_matches('<')),
        Node::leaf("nationality", second(10, 13).trim_end_matches('<')),
        Node::leaf("date of birth (YYMMDD)", second(13, 19)),
        Node::leaf("sex", second(20, 21)),
        Node::leaf("date of expiry (YYMMDD)", second(21, 27)),
    ];
    for (name, from, to) in [("document number", 0, 9), ("date of birth", 13, 19), ("date of expiry", 21, 27)] {
        if second(to, to + 1) != check_digit(second(from, to)).to_string() {
            nodes.push(Node::fault("check digit", &format!("of {name} is wrong")));
        }
    }
    nodes
}

pub(super) fn com(bytes: &[u8]) -> Parts {
    let com = Com::parse(bytes)?;
    let groups: Vec<String> = com.files().iter().map(ToString::to_string).collect();
    Ok(vec![
        Node::leaf("LDS version", com.lds),
        Node::leaf("Unicode version", com.unicode),
        Node::leaf("data groups", groups.join(" ")),
    ])
}

/// DG11 and DG12: every element by its tag, known or not.
pub(super) fn elements(bytes: &[u8]) -> Parts {
    let group = Reader::new(bytes).next()?;
    let all = group.children()?;
    if group.start + group.value.len() + (group.position - group.start) != bytes.len() {
        return Err(Box::new(super::super::tlv::TlvError::at(TlvErrorKind::TrailingBytes, bytes.len())));
    }
    Ok(all.iter().map(element).collect())
}

fn element(object: &Tlv<'_>) -> Node {
    let label = match object.tag {
        0x5C => return Node::leaf("tag list", hex(object.value)),
        0x5F0E => "full name",
        0x5F0F => "other name",
        0x5F10 => "personal number",
        0x5F2B => "date of birth",
        0x5F11 => "place of birth",
        0x5F42 => "permanent address",
        0x5F12 => "telephone",
        0x5F13 => "profession",
        0x5F14 => "title",
        0x5F15 => "personal summary",
        0x5F16 => "proof of citizenship (picture)",
        0x5F17 => "other travel documents",
        0x5F18 => "custody",
        0x5F19 => "issuing authority",
        0x5F26 => "date of issue",
        0x5F1A => "other person",
        0x5F1B => "endorsements",
        0x5F1C => "tax or exit requirements",
        0x5F1D => "front of document (picture)",
        0x5F1E => "rear of document (picture)",
        0x5F55 => "time of personalization",
        0x5F56 => "personalization system",
        _ => return super::walk::tlv(object.value),
    };
    let is_date = matches!(object.tag, 0x5F2B | 0x5F26) && object.value.len() == 4;
    match std::str::from_utf8(object.value) {
        Ok(text) if !is_date && !text.chars().any(char::is_control) => Node::leaf(label, text.replace('<', " · ")),
        _ => Node::leaf(label, hex(object.value)),
    }
}

pub(super) fn dg13(bytes: &[u8]) -> Parts {
    let group = Dg13::parse(bytes)?;
    let finger = |code: u8| FingerPosition::from_code(code).map_or_else(|| code.to_string(), |p| p.to_string());
    let passed = |why: u8| PassedOver::from_number(why).map_or_else(|| why.to_string(), |w| w.code().to_owned());
    let numbered = |number: u8, text: Option<&str>| text.map_or_else(|| number.to_string(), |t| format!("{t} ({number})"));
    let occupation = Occupation::from_code(u64::from(group.occupation)).ok();
    let mut nodes = vec![
        Node::leaf("status index", group.status_index.to_string()),
        Node::leaf("SHA-256 of EF.Fingers", hex(&group.fingers_digest)),
    ];
    nodes.extend(group.fingers.iter().map(|(p, q)| Node::leaf("finger on chip", format!("{}, quality {q}", finger(*p)))));
    nodes.extend(
        group.passed_over.iter().map(|(p, w)| Node::leaf("finger passed over", format!("{}: {}", finger(*p), passed(*w)))),
    );
    nodes.extend([
        Node::leaf("religion", numbered(group.religion, Religion::from_number(group.religion).map(|r| r.text(Lang::Id)))),
        Node::leaf(
            "marital status",
            numbered(group.marital_status, MaritalStatus::from_number(group.marital_status).map(|m| m.text(Lang::Id))),
        ),
        Node::leaf("occupation", numbered(group.occupation, occupation.map(|o| o.text(Lang::Id)))),
        Node::leaf("blood type", group.blood_type),
        Node::leaf("RT/RW", group.rt_rw),
        Node::leaf("village code", group.village_code),
        Node::leaf("nationality", format!("{} {}", group.nationality, group.nationality_name).trim_end()),
        Node::leaf("family card number", group.family_card_no),
        Node::leaf("valid until", group.valid_until.unwrap_or_else(|| "for life".into())),
        Node::leaf("place of issue", group.place_of_issue),
    ]);
    Ok(nodes)
}

pub(super) fn atr_info(bytes: &[u8]) -> Parts {
    let info = AtrInfo::parse(bytes)?;
    let extended =
        info.extended.map_or_else(|| "no".into(), |b| format!("commands {} bytes, responses {} bytes", b.command, b.response));
    Ok(vec![Node::leaf("command chaining", if info.chaining { "yes" } else { "no" }), Node::leaf("extended length", extended)])
}

pub(super) fn dir(bytes: &[u8]) -> Parts {
    Ok(ef_dir::parse(bytes)?.iter().map(|aid| Node::leaf("application", hex(aid))).collect())
}
