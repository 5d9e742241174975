//! Codes under the committed weights.

use super::*;
use crate::finger::position::FingerPosition::RightIndex;
use crate::finger::template::{Template, synthetic};

#[test]
fn the_committed_weights_are_read_and_others_are_refused() {
    let file = include_bytes!("projection.bin");
    let read = Projection::parse(file).unwrap();
    assert_eq!(read.id(), Projection::committed().id());
    assert_ne!(read.id(), [0; 8]);
    assert_eq!(Projection::parse(&file[..file.len() - 1]).unwrap_err(), ProjectionError::Length(file.len() - 1));
    let mut other = file.to_vec();
    other[11] ^= 1;
    assert_eq!(Projection::parse(&other).unwrap_err(), ProjectionError::Form);
}

#[test]
fn a_print_and_itself_with_fewer_minutiae_are_nearer_than_two_prints() {
    let whole = synthetic::template(3, RightIndex, 34);
    let mut part = whole.clone();
    part.views[0].minutiae.truncate(26);
    let of = |t: &Template| Code::of(&Packed::of(t).unwrap());
    let other = of(&synthetic::template(4, RightIndex, 34));
    assert_eq!(of(&whole).distance(&of(&whole)), 0);
    assert!(of(&whole).distance(&of(&part)) < of(&whole).distance(&other));
    assert_eq!(format!("{other:?}"), "Code");
}

#[test]
fn a_bit_is_the_sign_of_its_weighed_sum() {
    let file = include_bytes!("projection.bin");
    let print = Packed::of(&synthetic::template(3, RightIndex, 34)).unwrap();
    let (features, code) = (features(&print), Code::of(&print));
    for bit in [0, 1, 63, 64, 200, BITS - 1] {
        let weight = |cell: usize| i64::from(file[16 + cell * BITS + bit].cast_signed());
        let sum: i64 = features.iter().enumerate().map(|(cell, root)| i64::from(*root) * weight(cell)).sum();
        let at = 16 + CELLS * BITS + 4 * bit;
        let bound = i64::from(i32::from_be_bytes(file[at..at + 4].try_into().unwrap()));
        assert_eq!(code.0[bit / 64] >> (bit % 64) & 1 == 1, sum > bound, "{bit}");
    }
}
