//! Every parser of an elementary file: any bytes are parsed or refused, never a panic.
#![no_main]
use ektp::lds;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((which, data)) = data.split_first() else { return };
    match which % 16 {
        0 => drop(lds::dg1::parse(data)),
        1 => drop(lds::dg2::parse(data)),
        2 => drop(lds::dg3::parse(data)),
        3 => drop(lds::dg7::parse(data)),
        4 => drop(lds::dg11::Dg11::parse(data)),
        5 => drop(lds::dg12::Dg12::parse(data)),
        6 => drop(lds::dg14::parse(data)),
        7 => drop(lds::dg15::parse(data)),
        8 => drop(lds::com::Com::parse(data)),
        9 => drop(lds::card_access::parse(data)),
        10 => drop(lds::atr_info::AtrInfo::parse(data)),
        11 => drop(lds::ef_dir::parse(data)),
        12 => drop(lds::cvca::Cvca::parse(data)),
        13 => drop(lds::fingers::parse(data)),
        14 => drop(lds::security_infos::SecurityInfos::parse(data)),
        _ => drop(lds::sod::LdsSecurityObject::parse(data)),
    }
});
