//! Explains the files of any LDS directory, ours or foreign, field by field.

mod biometrics;
mod groups;
mod naming;
mod security;
mod walk;

pub use biometrics::{pictures, png};
pub use naming::identify;

use super::file_id::FileId;
use super::shown::shown;
use crate::limits;
use crate::reason::{Reason, Refusal};
use serde::Serialize;
use std::collections::BTreeMap;

/// Why a set of files is not explained.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum InspectError {
    /// No file is known by its name or its first tag.
    #[error("no file of a card among {0} files")]
    NothingKnown(usize),
    /// More files than the directory of a card can have.
    #[error("{0} files, at most {MOST_ENTRIES} are looked at")]
    TooManyFiles(usize),
    /// A file larger than any on a chip.
    #[error("{0} is larger than a file of a chip")]
    TooLarge(FileId),
    /// Two files that are the same one of a card.
    #[error("{0} is there twice")]
    Twice(FileId),
}

impl Refusal for InspectError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

/// One line of an explanation, and what belongs to it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Node {
    /// What it is.
    pub label: String,
    /// What it says, where it is one value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// Whether this part cannot be read as its definition asks.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fault: bool,
    /// Its parts.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub children: Vec<Node>,
}

impl Node {
    /// One value.
    pub fn leaf(label: impl Into<String>, value: impl Into<String>) -> Self {
        Self { label: label.into(), value: Some(value.into()), fault: false, children: Vec::new() }
    }

    /// Parts under one label.
    #[must_use]
    pub fn branch(label: impl Into<String>, children: Vec<Self>) -> Self {
        Self { label: label.into(), value: None, fault: false, children }
    }

    pub(super) fn fault(label: impl Into<String>, error: &dyn std::fmt::Display) -> Self {
        Self { label: label.into(), value: Some(error.to_string()), fault: true, children: Vec::new() }
    }

    /// Whether this part or any inside it cannot be read.
    #[must_use]
    pub fn has_fault(&self) -> bool {
        self.fault || self.children.iter().any(Self::has_fault)
    }

    /// The explanation as indented lines, one a node whatever its text holds.
    #[must_use]
    pub fn text(&self) -> String {
        fn write(node: &Node, depth: usize, out: &mut String) {
            let mark = if node.fault { "! " } else { "" };
            let value = node.value.as_ref().map(|v| format!(": {}", shown(v))).unwrap_or_default();
            out.push_str(&format!("{:indent$}{mark}{}{value}\n", "", shown(&node.label), indent = depth * 2));
            node.children.iter().for_each(|c| write(c, depth + 1, out));
        }
        let mut out = String::new();
        write(self, 0, &mut out);
        out
    }
}

/// Most files of a directory that are looked at: those of a chip, and what tools put beside them.
const MOST_ENTRIES: usize = limits::FILES * 8;

/// Sorts named files into the files of a card; those that are none are left out.
///
/// # Errors
/// Any [`InspectError`].
pub fn gather(named: &[(String, Vec<u8>)]) -> Result<BTreeMap<FileId, Vec<u8>>, InspectError> {
    if named.len() > MOST_ENTRIES {
        return Err(InspectError::TooManyFiles(named.len()));
    }
    let mut files = BTreeMap::new();
    for (name, bytes) in named {
        let Some(file) = identify(name, bytes) else { continue };
        if bytes.len() > limits::FILE_BYTES {
            return Err(InspectError::TooLarge(file));
        }
        if files.insert(file, bytes.clone()).is_some() {
            return Err(InspectError::Twice(file));
        }
    }
    if files.is_empty() { Err(InspectError::NothingKnown(named.len())) } else { Ok(files) }
}

/// Explains files. A file that cannot be read is said to be so, and the others are explained.
///
/// Nothing is verified here: hashes are compared with those in EF.SOD, but no signature is.
#[must_use]
pub fn explain(files: &BTreeMap<FileId, Vec<u8>>) -> Node {
    let nodes = files.iter().map(|(file, bytes)| explain_file(*file, bytes)).collect();
    let mut tree = Node::branch("card", nodes);
    if let Some(hashes) = security::compare_hashes(files) {
        tree.children.push(hashes);
    }
    tree
}

/// Explains one file.
#[must_use]
pub fn explain_file(file: FileId, bytes: &[u8]) -> Node {
    let parts = match file {
        FileId::Dg1 => groups::dg1(bytes),
        FileId::Dg2 => biometrics::dg2(bytes),
        FileId::Dg3 => biometrics::dg3(bytes),
        FileId::Dg7 => biometrics::dg7(bytes),
        FileId::Dg11 | FileId::Dg12 => groups::elements(bytes),
        FileId::Dg13 => groups::dg13(bytes),
        FileId::Dg14 => security::dg14(bytes),
        FileId::CardAccess => security::card_access(bytes),
        FileId::Dg15 => security::dg15(bytes),
        FileId::Sod => security::sod(bytes),
        FileId::Com => groups::com(bytes),
        FileId::Cvca => security::cvca(bytes),
        FileId::Fingers => biometrics::fingers(bytes),
        FileId::AtrInfo => groups::atr_info(bytes),
        FileId::Dir => groups::dir(bytes),
    };
    let mut node = Node::leaf(file.name(), format!("{} bytes", bytes.len()));
    match parts {
        Ok(children) => node.children = children,
        Err(error) => {
            node.children.push(Node::fault("not readable", &error));
            node.children.push(walk::tlv(bytes));
        }
    }
    node
}

/// What an explanation of one file gives.
type Parts = Result<Vec<Node>, Box<dyn std::error::Error>>;

/// Lower-case hexadecimal, cut where it grows long.
pub(super) fn hex(bytes: &[u8]) -> String {
    const SHOWN: usize = 64;
    let shown: String = bytes.iter().take(SHOWN).map(|b| format!("{b:02x}")).collect();
    if bytes.len() > SHOWN { format!("{shown}… ({} bytes)", bytes.len()) } else { shown }
}

#[cfg(test)]
#[path = "../tests/inspect.rs"]
mod tests;
