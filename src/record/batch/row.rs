//! One row of a batch as the tree of a JSON record, so that one reader judges both.

use super::BatchError;
use crate::limits;
use crate::record::tree::Node;
use crate::record::{MaritalStatus, PassedOver, Religion, Sex, json};

/// Columns that copy into a field of the record or of its address.
const PLAIN: [&str; 26] = [
    "nik",
    "family_card_no",
    "full_name",
    "birth_place",
    "birth_date",
    "sex",
    "blood_type",
    "religion",
    "marital_status",
    "valid_until",
    "issuing_authority",
    "place_of_issue",
    "date_of_issue",
    "portrait",
    "signature",
    "address",
    "rt",
    "rw",
    "village",
    "village_code",
    "district",
    "district_code",
    "regency",
    "regency_code",
    "province",
    "province_code",
];
/// How many of [`PLAIN`] are the record's own; the others are the address's.
const RECORD_FIELDS: usize = 15;
/// Other columns that must be there.
const NEEDED: [&str; 2] = ["occupation", "nationality"];
/// Columns that may be missing.
const OPTIONAL: [&str; 11] = [
    "registered_on",
    "country_name",
    "finger_right",
    "template_right",
    "quality_right",
    "image_right",
    "finger_left",
    "template_left",
    "quality_left",
    "image_left",
    "passed_over",
];

/// The columns that a header names.
pub(super) fn columns(header: &csv::StringRecord) -> Result<Vec<&'static str>, BatchError> {
    let known = || PLAIN.iter().chain(&NEEDED).chain(&OPTIONAL).copied();
    let mut columns = Vec::new();
    for (at, name) in header.iter().enumerate().take(limits::BATCH_COLUMNS) {
        let column = known().find(|k| *k == name.trim()).ok_or(BatchError::UnknownColumn { column: at + 1 })?;
        if columns.contains(&column) {
            return Err(BatchError::DuplicateColumn { name: column });
        }
        columns.push(column);
    }
    match PLAIN.iter().chain(&NEEDED).find(|name| !columns.contains(name)) {
        Some(name) => Err(BatchError::MissingColumn { name }),
        None => Ok(columns),
    }
}

/// The record of a row. Empty fields are missing fields, so that the reader names them.
pub(super) fn node(columns: &[&'static str], line: &csv::StringRecord) -> Node {
    let get =
        |name: &str| columns.iter().position(|c| *c == name).and_then(|at| line.get(at)).map(str::trim).filter(|v| !v.is_empty());
    let copy = |name: &&'static str| get(name).map(|v| ((*name).to_owned(), Node::Text(translate(name, v))));
    let (own, address) = PLAIN.split_at(RECORD_FIELDS);
    let mut fields: Vec<(String, Node)> = vec![("format".into(), text(json::FORMAT))];
    fields.extend(own.iter().filter_map(copy));
    let address = address.iter().filter_map(copy).map(|(name, v)| (if name == "address" { "line".into() } else { name }, v));
    fields.push(("address".into(), Node::Object(address.collect())));
    fields.extend(get("registered_on").map(|v| ("registered_on".into(), text(v))));
    fields.extend(get("occupation").map(|v| ("occupation".into(), integer(v))));
    fields.extend(get("nationality").map(|v| ("nationality".into(), nationality(v, get("country_name")))));
    let taken = ["right", "left"].iter().filter_map(|hand| {
        let field = |name: &str| get(&format!("{name}_{hand}"));
        finger([field("finger"), field("template"), field("quality"), field("image")])
    });
    let fingers = vec![("taken".into(), Node::List(taken.collect())), ("passed_over".into(), passed_over(get("passed_over")))];
    fields.push(("fingers".into(), Node::Object(fingers)));
    Node::Object(fields)
}

/// Indonesian values of the register as our codes; what is neither stays as it is, and the reader refuses it.
fn translate(column: &str, value: &str) -> String {
    let code = match column {
        "sex" => Sex::parse_lenient(value).ok().map(Sex::code),
        "religion" => Religion::parse_lenient(value).ok().map(Religion::code),
        "marital_status" => MaritalStatus::parse_lenient(value).ok().map(MaritalStatus::code),
        "valid_until" if value.eq_ignore_ascii_case("SEUMUR HIDUP") => Some("lifetime"),
        _ => None,
    };
    code.unwrap_or(value).to_owned()
}

fn nationality(value: &str, country_name: Option<&str>) -> Node {
    let mut fields = Vec::new();
    if matches!(value, "WNI" | "citizen") {
        fields.push(("kind".into(), text("citizen")));
    } else {
        fields.push(("kind".into(), text("foreign_resident")));
        fields.push(("country".into(), text(value)));
    }
    // A country's name beside a citizen is for the reader to refuse.
    fields.extend(country_name.map(|name| ("country_name".into(), text(name))));
    Node::Object(fields)
}

fn finger([position, template, quality, image]: [Option<&str>; 4]) -> Option<Node> {
    if [position, template, quality, image].iter().all(Option::is_none) {
        return None;
    }
    let mut fields: Vec<(String, Node)> = Vec::new();
    fields.extend(position.map(|v| ("position".into(), text(v))));
    fields.extend(template.map(|v| ("template".into(), text(v))));
    fields.extend(quality.map(|v| ("quality".into(), integer(v))));
    fields.extend(image.map(|v| ("image".into(), text(v))));
    Some(Node::Object(fields))
}

/// `right_index=bandaged;right_middle=damaged`.
fn passed_over(value: Option<&str>) -> Node {
    let entry = |part: &str| {
        let (position, reason) = part.split_once('=').unwrap_or((part, ""));
        let code = PassedOver::parse_lenient(reason.trim()).map(PassedOver::code);
        Node::Object(vec![("position".into(), text(position.trim())), ("reason".into(), text(code.unwrap_or(reason.trim())))])
    };
    Node::List(value.map_or_else(Vec::new, |v| v.split(';').map(entry).collect()))
}

fn text(value: &str) -> Node {
    Node::Text(value.to_owned())
}

/// Digits as a number; anything else as text, which the reader refuses.
fn integer(value: &str) -> Node {
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    value.parse().ok().filter(|_| digits).map_or_else(|| text(value), Node::Integer)
}
