//! Every parser of an elementary file, with CBEFF, ISO/IEC 19794-4, 19794-5 and 19794-2 inside; and the explanation of a folder of
//! files that nobody vouches for.

use super::input::Input;
use ektp::lds::{self, file_id::FileId, inspect};

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let Some(which) = input.byte() else { return };
    match which % 18 {
        0 => drop(lds::dg1::parse(input.0)),
        1 => drop(lds::dg2::parse(input.0)),
        2 => drop(lds::dg3::parse(input.0)),
        3 => drop(lds::dg7::parse(input.0)),
        4 => dg11(input.0),
        5 => drop(lds::dg12::Dg12::parse(input.0)),
        6 => drop(lds::dg14::parse(input.0)),
        7 => drop(lds::dg15::parse(input.0)),
        8 => drop(lds::com::Com::parse(input.0)),
        9 => drop(lds::card_access::parse(input.0)),
        10 => drop(lds::atr_info::AtrInfo::parse(input.0)),
        11 => drop(lds::ef_dir::parse(input.0)),
        12 => drop(lds::cvca::Cvca::parse(input.0)),
        13 => drop(lds::fingers::parse(input.0)),
        14 => dg13(input.0),
        15 => sod(input.0),
        16 => one(input),
        _ => folder(input),
    }
}

fn dg11(data: &[u8]) {
    if let Ok(group) = lds::dg11::Dg11::parse(data) {
        assert_eq!(lds::dg11::Dg11::parse(&group.encode()).as_ref(), Ok(&group));
    }
}

fn dg13(data: &[u8]) {
    if let Ok(group) = lds::dg13::Dg13::parse(data) {
        assert_eq!(lds::dg13::Dg13::parse(&group.encode()).as_ref(), Ok(&group));
    }
}

fn sod(data: &[u8]) {
    if let Ok(object) = lds::sod::LdsSecurityObject::parse(data) {
        assert_eq!(lds::sod::LdsSecurityObject::parse(&object.encode()).as_ref(), Ok(&object));
    }
}

/// One file explained, field by field.
fn one(mut input: Input<'_>) {
    let Some(which) = input.byte() else { return };
    let file = FileId::ALL[usize::from(which) % FileId::ALL.len()];
    let _ = inspect::explain_file(file, input.0).text();
}

/// A folder of files under names of their own.
fn folder(mut input: Input<'_>) {
    let mut named = Vec::new();
    while let (Some(name), Some(bytes)) = (input.short(), input.long()) {
        named.push((String::from_utf8_lossy(name).into_owned(), bytes.to_vec()));
    }
    if let Ok(files) = inspect::gather(&named) {
        let _ = inspect::explain(&files).text();
    }
}
