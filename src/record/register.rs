//! The population register as files bring it: residents in CSV or JSON, all of them or none.
//!
//! JSON is `{"format": "ektp-register/1", "residents": [{…, "card": "none"}]}`, each with the fields of a record that say who somebody is;
//! CSV has them laid flat (`samples/register.csv`), with Indonesian values and semicolons too, as for a batch. `valid_until` is the end of
//! a foreign resident's stay permit; `card` tells whether a card is held (`held`) or not (`none`).

use super::batch::{self, BatchError, RowError, row};
use super::error::{FieldError, RecordError};
use super::name::RULE_OF_2022;
use super::tree::{self, Node, Object};
use super::{Biodata, biodata};
use crate::limits;
use jiff::civil::Date;
use serde_json::Value;
use std::collections::BTreeMap;

/// The format that is read here.
pub const FORMAT: &str = "ektp-register/1";
/// The format of one resident, as it is kept.
const ONE: &str = "ektp-resident/1";

/// A resident as the register knows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Resident {
    /// Who.
    pub biodata: Biodata,
    /// Whether a card is held.
    pub holds_card: bool,
}

impl Resident {
    /// Whether somebody must hold a card on this day: who is 17, or ever married (UU 24/2013 art. 63).
    #[must_use]
    pub fn must_hold_card(&self, day: Date) -> bool {
        let who = &self.biodata;
        let seventeenth = who.birth_date.checked_add(jiff::ToSpan::years(17));
        who.birth_date <= day && (who.marital_status.ever_married() || seventeenth.is_ok_and(|birthday| birthday <= day))
    }

    /// As JSON, to be kept; read back by [`Resident::from_json`].
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut fields = self.biodata.to_json();
        if let Some(object) = fields.as_object_mut() {
            object.insert("format".to_owned(), ONE.into());
            object.insert("card".to_owned(), if self.holds_card { "held" } else { "none" }.into());
        }
        fields
    }

    /// Reads what was kept.
    ///
    /// # Errors
    /// [`RecordError`].
    pub fn from_json(json: &[u8]) -> Result<Self, RecordError> {
        let node = tree::parse(json)?;
        let known = [biodata::FIELDS.as_slice(), &["format", "card"]].concat();
        let o = Object::open(&node, "", &known)?;
        if o.text("format")? != ONE {
            return Err(RecordError::UnsupportedFormat { path: o.path("format") });
        }
        // The name was judged when it came in.
        Self::read(&o, RULE_OF_2022)
    }

    fn read(o: &Object<'_>, as_of: Date) -> Result<Self, RecordError> {
        let (biodata, _) = Biodata::read(o, as_of)?;
        let holds_card = o.parse("card", |text| match text {
            "held" => Ok(true),
            "none" => Ok(false),
            _ => Err(FieldError::UnknownValue { list: "card" }),
        })?;
        match biodata.contradiction() {
            Some((field, rule)) => Err(RecordError::Contradiction { path: o.path(&field), rule }),
            None => Ok(Self { biodata, holds_card }),
        }
    }
}

/// Reads a register in JSON or CSV: what begins with a brace is JSON. Rows count from 1 in JSON; in CSV the header is row 1.
///
/// # Errors
/// [`BatchError`]; [`BatchError::Rows`] lists every bad resident with the field's path.
pub fn read(bytes: &[u8], as_of: Date) -> Result<Vec<Resident>, BatchError> {
    let text = tree::decode(bytes, limits::REGISTER_BYTES).map_err(BatchError::Document)?;
    let rows = if text.trim_start().starts_with('{') { json(bytes, as_of)? } else { csv(text, as_of)? };
    let (mut residents, mut refused, mut seen) = (Vec::new(), Vec::new(), BTreeMap::new());
    for (number, row) in rows {
        match row {
            Ok(resident) => match seen.get(&resident.biodata.nik) {
                None => {
                    seen.insert(resident.biodata.nik.clone(), number);
                    residents.push(resident);
                }
                Some(first) => refused.push((number, RowError::SameNik { first: *first })),
            },
            Err(error) => refused.push((number, error)),
        }
    }
    match (refused.is_empty(), residents.is_empty()) {
        (false, _) => Err(BatchError::Rows(refused)),
        (true, true) => Err(BatchError::Empty),
        (true, false) => Ok(residents),
    }
}

/// A resident with the row's number: no tree of a row outlives its reading.
type Row = (u64, Result<Resident, RowError>);

fn one(node: &Node, as_of: Date) -> Result<Resident, RowError> {
    let known = [biodata::FIELDS.as_slice(), &["card"]].concat();
    let o = Object::open(node, "", &known)?;
    let resident = Resident::read(&o, as_of)?;
    if resident.biodata.birth_date > as_of {
        return Err(RecordError::Field { path: o.path("birth_date"), error: FieldError::ImpossibleDate }.into());
    }
    Ok(resident)
}

fn json(bytes: &[u8], as_of: Date) -> Result<Vec<Row>, BatchError> {
    let whole = || -> Result<Vec<Node>, RecordError> {
        let node = tree::parse_within(bytes, limits::REGISTER_BYTES)?;
        let o = Object::open(&node, "", &["format", "residents"])?;
        if o.text("format")? != FORMAT {
            return Err(RecordError::UnsupportedFormat { path: o.path("format") });
        }
        match o.node("residents")? {
            Node::List(items) => Ok(items.clone()),
            _ => Err(RecordError::WrongType { path: o.path("residents"), expected: "a list" }),
        }
    };
    let items = whole().map_err(BatchError::Document)?;
    if items.len() > limits::REGISTER_ROWS {
        return Err(BatchError::TooManyRows { max: limits::REGISTER_ROWS });
    }
    Ok((1..).zip(items.into_iter().map(|item| one(&item, as_of))).collect())
}

fn csv(text: &str, as_of: Date) -> Result<Vec<Row>, BatchError> {
    let header = |line: &csv::StringRecord| row::columns_with(line, &["card"], &[]);
    let resident = |columns: &[&'static str], line: &csv::StringRecord| {
        let cells = row::Cells { columns, line };
        let mut fields = cells.person();
        fields.extend(cells.get("card").map(|value| ("card".to_owned(), row::text(value))));
        one(&Node::Object(fields), as_of)
    };
    let rows = batch::rows(text, limits::REGISTER_ROWS, &header, &resident)?;
    Ok(rows.into_iter().map(|(number, row)| (number, row.and_then(|read| read))).collect())
}

#[cfg(test)]
#[path = "register_tests.rs"]
mod tests;
