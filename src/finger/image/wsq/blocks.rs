//! The three blocks of compressed coefficients.

use super::WsqError;
use super::huffman::Huffman;
use super::reader::{Bits, Reader};
use super::segments::Tables;
use super::subbands::Tree;

/// The coefficients of all subbands that are sent, in order. `first` is the code table of the block that begins here.
pub(super) fn read(r: &mut Reader<'_>, tables: &mut Tables, tree: &Tree, first: u8) -> Result<Vec<i32>, WsqError> {
    let quantization = tables.quantization()?;
    if Tree::sends_beyond(quantization) {
        return Err(WsqError::Unsupported("subbands beyond the sixtieth"));
    }
    let sizes = tree.block_sizes(quantization);
    let mut out = Vec::new();
    let mut table = Some(first);
    for size in sizes {
        if let Some(number) = table {
            read_block(&mut r.bits(), tables.codes(number)?, size, &mut out)?;
            table = tables.read_until_block(r)?;
        } else if size > 0 {
            return Err(WsqError::Missing("block"));
        }
    }
    match table {
        None => Ok(out),
        Some(_) => Err(WsqError::Overrun { offset: r.offset() }),
    }
}

/// Values of the code table (specification, part 3): runs of zeros, escapes, and small coefficients around 180.
fn read_block(bits: &mut Bits<'_, '_>, codes: &Huffman, size: usize, out: &mut Vec<i32>) -> Result<(), WsqError> {
    let end = out.len() + size;
    while out.len() < end {
        let run = match codes.value(bits)? {
            run @ 1..=100 => usize::from(run),
            105 => usize::from(bits.number(8)?),
            106 => usize::from(bits.number(16)?),
            other => {
                out.push(coefficient(other, bits)?);
                continue;
            }
        };
        if run == 0 || run > end - out.len() {
            return Err(WsqError::Overrun { offset: bits.offset() });
        }
        out.resize(out.len() + run, 0);
    }
    Ok(())
}

fn coefficient(value: u8, bits: &mut Bits<'_, '_>) -> Result<i32, WsqError> {
    Ok(match value {
        101 => i32::from(bits.number(8)?),
        102 => -i32::from(bits.number(8)?),
        103 => i32::from(bits.number(16)?),
        104 => -i32::from(bits.number(16)?),
        107..=254 => i32::from(value) - 180,
        _ => return Err(WsqError::Code { offset: bits.offset() }),
    })
}
