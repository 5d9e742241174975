//! One row of a batch, or of a register, as the tree of its JSON, so that one reader judges both.

use super::BatchError;
use crate::limits;
use crate::record::tree::Node;
use crate::record::{MaritalStatus, PassedOver, Religion, Sex, json};

/// Columns that copy into a field of whoever the row is about.
const PERSON: [&str; 10] = [
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
];
/// Columns that copy into a field of the address.
const ADDRESS: [&str; 11] = [
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
/// Columns that copy into a field of the card's issue.
const ISSUE: [&str; 5] = ["issuing_authority", "place_of_issue", "date_of_issue", "portrait", "signature"];
/// Other columns of a person that must be there.
const NEEDED: [&str; 2] = ["occupation", "nationality"];
/// Columns of a person that may be missing.
const OPTIONAL: [&str; 2] = ["registered_on", "country_name"];
/// Columns of a record that may be missing.
const FINGERS: [&str; 9] = [
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

/// The columns that the header of a batch names.
pub(super) fn columns(header: &csv::StringRecord) -> Result<Vec<&'static str>, BatchError> {
    columns_with(header, &ISSUE, &FINGERS)
}

/// The columns that a header names: those of a person, and others that must or may be there.
pub(in crate::record) fn columns_with(
    header: &csv::StringRecord,
    needed: &[&'static str],
    optional: &[&'static str],
) -> Result<Vec<&'static str>, BatchError> {
    let must = || PERSON.iter().chain(needed).chain(&ADDRESS).chain(&NEEDED).copied();
    let known = || must().chain(OPTIONAL).chain(optional.iter().copied());
    let mut columns = Vec::new();
    for (at, name) in header.iter().enumerate().take(limits::BATCH_COLUMNS) {
        let column = known().find(|k| *k == name.trim()).ok_or(BatchError::UnknownColumn { column: at + 1 })?;
        if columns.contains(&column) {
            return Err(BatchError::DuplicateColumn { name: column });
        }
        columns.push(column);
    }
    match must().find(|name| !columns.contains(name)) {
        Some(name) => Err(BatchError::MissingColumn { name }),
        None => Ok(columns),
    }
}

/// The cells of a row by the names of their columns. Empty ones are missing ones, so that the reader names them.
pub(in crate::record) struct Cells<'a> {
    pub columns: &'a [&'static str],
    pub line: &'a csv::StringRecord,
}

impl<'a> Cells<'a> {
    /// The cell of a column.
    pub fn get(&self, name: &str) -> Option<&'a str> {
        let at = self.columns.iter().position(|c| *c == name)?;
        self.line.get(at).map(str::trim).filter(|v| !v.is_empty())
    }

    fn copy(&self, name: &str) -> Option<(String, Node)> {
        self.get(name).map(|v| (name.to_owned(), Node::Text(translate(name, v))))
    }

    /// The fields of the person.
    pub fn person(&self) -> Vec<(String, Node)> {
        let mut fields: Vec<(String, Node)> = PERSON.iter().filter_map(|name| self.copy(name)).collect();
        let address = ADDRESS.iter().filter_map(|name| self.copy(name));
        let address = address.map(|(name, v)| (if name == "address" { "line".into() } else { name }, v));
        fields.push(("address".into(), Node::Object(address.collect())));
        fields.extend(self.get("registered_on").map(|v| ("registered_on".into(), text(v))));
        fields.extend(self.get("occupation").map(|v| ("occupation".into(), integer(v))));
        fields.extend(self.get("nationality").map(|v| ("nationality".into(), nationality(v, self.get("country_name")))));
        fields
    }
}

/// The record of a row.
pub(super) fn node(columns: &[&'static str], line: &csv::StringRecord) -> Node {
    let cells = Cells { columns, line };
    let mut fields: Vec<(String, Node)> = vec![("format".into(), text(json::FORMAT))];
    fields.extend(cells.person());
    fields.extend(ISSUE.iter().filter_map(|name| cells.copy(name)));
    let taken = ["right", "left"].iter().filter_map(|hand| {
        let field = |name: &str| cells.get(&format!("{name}_{hand}"));
        finger([field("finger"), field("template"), field("quality"), field("image")])
    });
    let fingers =
        vec![("taken".into(), Node::List(taken.collect())), ("passed_over".into(), passed_over(cells.get("passed_over")))];
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

pub(in crate::record) fn text(value: &str) -> Node {
    Node::Text(value.to_owned())
}

/// Digits as a number; anything else as text, which the reader refuses.
fn integer(value: &str) -> Node {
    let digits = value.bytes().all(|b| b.is_ascii_digit());
    value.parse().ok().filter(|_| digits).map_or_else(|| text(value), Node::Integer)
}
