//! JSON as a tree that keeps duplicates, and a reader of objects that names the path of whatever is wrong.

use super::error::{FieldError, RecordError};
use crate::limits;
use serde::de::{MapAccess, SeqAccess, Visitor};

/// A JSON value. Numbers other than whole non-negative ones keep no value: no field takes them.
#[derive(Clone, PartialEq)]
pub(super) enum Node {
    Null,
    Bool,
    Integer(u64),
    OtherNumber,
    Text(String),
    List(Vec<Node>),
    Object(Vec<(String, Node)>),
}

/// Reads a document: UTF-8 (a byte order mark is skipped), no NUL, JSON.
pub(super) fn parse(bytes: &[u8]) -> Result<Node, RecordError> {
    parse_within(bytes, limits::RECORD_BYTES)
}

/// The same of a document that may have `max` bytes.
pub(super) fn parse_within(bytes: &[u8], max: usize) -> Result<Node, RecordError> {
    serde_json::from_str(decode(bytes, max)?).map_err(|e| RecordError::Syntax { line: e.line(), column: e.column() })
}

/// The text of a document of at most `max` bytes.
pub(super) fn decode(bytes: &[u8], max: usize) -> Result<&str, RecordError> {
    if bytes.len() > max {
        return Err(RecordError::TooLarge { max });
    }
    let text = std::str::from_utf8(bytes).map_err(|e| RecordError::NotUtf8 { offset: e.valid_up_to() })?;
    if let Some(offset) = text.find('\0') {
        return Err(RecordError::NulByte { offset });
    }
    Ok(text.strip_prefix('\u{FEFF}').unwrap_or(text))
}

impl<'de> serde::Deserialize<'de> for Node {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tree;
        impl<'de> Visitor<'de> for Tree {
            type Value = Node;

            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("JSON")
            }
            fn visit_unit<E>(self) -> Result<Node, E> {
                Ok(Node::Null)
            }
            fn visit_bool<E>(self, _: bool) -> Result<Node, E> {
                Ok(Node::Bool)
            }
            fn visit_u64<E>(self, value: u64) -> Result<Node, E> {
                Ok(Node::Integer(value))
            }
            fn visit_i64<E>(self, _: i64) -> Result<Node, E> {
                Ok(Node::OtherNumber)
            }
            fn visit_f64<E>(self, _: f64) -> Result<Node, E> {
                Ok(Node::OtherNumber)
            }
            fn visit_str<E>(self, value: &str) -> Result<Node, E> {
                Ok(Node::Text(value.to_owned()))
            }
            fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Node, A::Error> {
                let mut list = Vec::new();
                while let Some(item) = items.next_element()? {
                    list.push(item);
                }
                Ok(Node::List(list))
            }
            fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Node, A::Error> {
                let mut object = Vec::new();
                while let Some(entry) = entries.next_entry()? {
                    object.push(entry);
                }
                Ok(Node::Object(object))
            }
        }
        deserializer.deserialize_any(Tree)
    }
}

/// An object whose fields are all known and stand once.
pub(super) struct Object<'a> {
    path: String,
    fields: &'a [(String, Node)],
}

impl<'a> Object<'a> {
    /// Opens an object that may have the `known` fields.
    pub(super) fn open(node: &'a Node, path: &str, known: &[&str]) -> Result<Self, RecordError> {
        let Node::Object(fields) = node else {
            let path = if path.is_empty() { "/".to_owned() } else { path.to_owned() };
            return Err(RecordError::WrongType { path, expected: "an object" });
        };
        for (at, (name, _)) in fields.iter().enumerate() {
            if !known.contains(&name.as_str()) {
                return Err(RecordError::UnknownField { path: format!("{path}/{}", printable(name)) });
            }
            if fields.iter().take(at).any(|(earlier, _)| earlier == name) {
                return Err(RecordError::DuplicateField { path: format!("{path}/{name}") });
            }
        }
        Ok(Self { path: path.to_owned(), fields })
    }

    /// The path of a field.
    pub(super) fn path(&self, name: &str) -> String {
        format!("{}/{name}", self.path)
    }

    /// A field that must be there.
    pub(super) fn node(&self, name: &str) -> Result<&'a Node, RecordError> {
        self.optional(name).ok_or_else(|| RecordError::MissingField { path: self.path(name) })
    }

    /// A field that may be missing.
    pub(super) fn optional(&self, name: &str) -> Option<&'a Node> {
        self.fields.iter().find(|(n, _)| n == name).map(|(_, node)| node)
    }

    /// A text field.
    pub(super) fn text(&self, name: &str) -> Result<&'a str, RecordError> {
        match self.node(name)? {
            Node::Text(text) => Ok(text),
            _ => Err(RecordError::WrongType { path: self.path(name), expected: "text" }),
        }
    }

    /// A text field through its parser.
    pub(super) fn parse<T>(&self, name: &str, parser: impl Fn(&str) -> Result<T, FieldError>) -> Result<T, RecordError> {
        parser(self.text(name)?).map_err(|error| RecordError::Field { path: self.path(name), error })
    }

    /// A whole number that is not negative.
    pub(super) fn integer(&self, name: &str) -> Result<u64, RecordError> {
        match self.node(name)? {
            Node::Integer(value) => Ok(*value),
            _ => Err(RecordError::WrongType { path: self.path(name), expected: "a whole number" }),
        }
    }

    /// An object field.
    pub(super) fn object(&self, name: &str, known: &[&str]) -> Result<Object<'a>, RecordError> {
        Object::open(self.node(name)?, &self.path(name), known)
    }

    /// A list field of objects.
    pub(super) fn objects(&self, name: &str, max: usize, known: &[&str]) -> Result<Vec<Object<'a>>, RecordError> {
        let Node::List(items) = self.node(name)? else {
            return Err(RecordError::WrongType { path: self.path(name), expected: "a list" });
        };
        if items.len() > max {
            return Err(RecordError::TooManyItems { path: self.path(name), max });
        }
        items.iter().enumerate().map(|(i, item)| Object::open(item, &format!("{}/{i}", self.path(name)), known)).collect()
    }
}

/// The name of an unknown field, if it looks like a field's name; data in the place of a name are not repeated.
fn printable(name: &str) -> &str {
    let plain = name.len() <= 32 && !name.is_empty() && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    if plain { name } else { "?" }
}
