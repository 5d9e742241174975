//! A reader of ONNX models (`onnx.proto`, protobuf): the constants of a graph and its nodes by name, as much as our plan asks for.

mod wire;

use crate::limits;
use crate::reason::{Reason, Refusal};
use std::collections::HashMap;
use wire::{Fields, Slice, Value};

/// Why bytes are no model that is read. `at` is the byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum OnnxError {
    /// They end within a field.
    #[error("the model ends within the field at byte {at}")]
    Cut {
        /// Where the field begins.
        at: usize,
    },
    /// A number of more than 64 bits, a field number 0, or a kind of field that no model has.
    #[error("no field of a model at byte {at}")]
    BadField {
        /// Where it begins.
        at: usize,
    },
    /// A name that is not UTF-8.
    #[error("a name that is no text at byte {at}")]
    BadName {
        /// Where it begins.
        at: usize,
    },
    /// More than is read.
    #[error("more than {bound} {what}")]
    TooMany {
        /// Of what.
        what: &'static str,
        /// The bound.
        bound: usize,
    },
    /// Numbers of a constant are not as many as its shape says.
    #[error("a constant whose numbers do not fill its shape, at byte {at}")]
    BadShape {
        /// Where the constant begins.
        at: usize,
    },
    /// No graph.
    #[error("a model without a graph")]
    NoGraph,
}

impl Refusal for OnnxError {
    fn reason(&self) -> Reason {
        Reason::InputInvalid
    }
}

/// A constant of 32-bit floats; others are passed over.
#[derive(Debug, Clone, PartialEq)]
pub struct Constant {
    /// Its sides, slowest first.
    pub shape: Vec<usize>,
    /// Its numbers, as many as the product of its sides.
    pub values: Vec<f32>,
}

/// A node: what it does to what.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Node<'a> {
    /// Its name.
    pub name: &'a str,
    /// The kind of operation, e.g. `Conv`.
    pub kind: &'a str,
    /// The names of what goes in.
    pub inputs: Vec<&'a str>,
}

/// A graph's constants by name and its nodes in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Graph<'a> {
    /// The constants.
    pub constants: HashMap<&'a str, Constant>,
    /// The nodes.
    pub nodes: Vec<Node<'a>>,
}

impl<'a> Graph<'a> {
    /// The graph of a model file.
    ///
    /// # Errors
    /// [`OnnxError`].
    pub fn read(file: &'a [u8]) -> Result<Self, OnnxError> {
        let mut graph = None;
        for field in Fields::new(file, 0) {
            // ModelProto: 7 graph.
            if let (7, Value::Bytes(inner)) = field?.number_and_value() {
                graph = Some(inner);
            }
        }
        let graph = graph.ok_or(OnnxError::NoGraph)?;
        let mut read = Self::default();
        // GraphProto: 1 node, 5 initializer.
        for field in Fields::new(graph.bytes, graph.at) {
            match field?.number_and_value() {
                (1, Value::Bytes(inner)) if read.nodes.len() < limits::NETWORK_NODES => read.nodes.push(node(inner)?),
                (1, Value::Bytes(_)) => return Err(too_many("nodes", limits::NETWORK_NODES)),
                (5, Value::Bytes(inner)) if read.constants.len() < limits::NETWORK_NODES => {
                    read.constants.extend(constant(inner)?);
                }
                (5, Value::Bytes(_)) => return Err(too_many("constants", limits::NETWORK_NODES)),
                _ => {}
            }
        }
        Ok(read)
    }
}

fn too_many(what: &'static str, bound: usize) -> OnnxError {
    OnnxError::TooMany { what, bound }
}

/// NodeProto: 1 input, 3 name, 4 op_type.
fn node(of: Slice<'_>) -> Result<Node<'_>, OnnxError> {
    let mut node = Node { name: "", kind: "", inputs: Vec::new() };
    for field in Fields::new(of.bytes, of.at) {
        match field?.number_and_value() {
            (1, Value::Bytes(name)) if node.inputs.len() < limits::NETWORK_INPUTS => node.inputs.push(name.text()?),
            (1, Value::Bytes(_)) => return Err(too_many("inputs of a node", limits::NETWORK_INPUTS)),
            (3, Value::Bytes(name)) => node.name = name.text()?,
            (4, Value::Bytes(name)) => node.kind = name.text()?,
            _ => {}
        }
    }
    Ok(node)
}

/// TensorProto: 1 dims, 2 data_type, 8 name, 9 raw_data (little-endian).
fn constant(of: Slice<'_>) -> Result<Option<(&str, Constant)>, OnnxError> {
    const FLOAT: u64 = 1;
    let (mut name, mut kind, mut raw, mut shape) = ("", 0, None, Vec::new());
    for field in Fields::new(of.bytes, of.at) {
        match field?.number_and_value() {
            (1, Value::Number(side)) if shape.len() < limits::NETWORK_SIDES => shape.push(side),
            (1, Value::Bytes(packed)) => {
                let mut rest = packed;
                while !rest.bytes.is_empty() && shape.len() < limits::NETWORK_SIDES {
                    shape.push(rest.number()?);
                }
                if !rest.bytes.is_empty() {
                    return Err(too_many("sides of a constant", limits::NETWORK_SIDES));
                }
            }
            (1, _) => return Err(too_many("sides of a constant", limits::NETWORK_SIDES)),
            (2, Value::Number(number)) => kind = number,
            (8, Value::Bytes(text)) => name = text.text()?,
            (9, Value::Bytes(bytes)) => raw = Some(bytes.bytes),
            _ => {}
        }
    }
    let (FLOAT, Some(raw)) = (kind, raw) else { return Ok(None) };
    let shape: Option<Vec<usize>> = shape.into_iter().map(|side| usize::try_from(side).ok()).collect();
    let bad = OnnxError::BadShape { at: of.at };
    let shape = shape.ok_or(bad)?;
    let bytes = shape.iter().try_fold(4, |n: usize, side| n.checked_mul(*side));
    if bytes != Some(raw.len()) {
        return Err(bad);
    }
    let (numbers, _) = raw.as_chunks::<4>();
    Ok(Some((name, Constant { shape, values: numbers.iter().map(|n| f32::from_le_bytes(*n)).collect() })))
}

#[cfg(test)]
mod tests;
