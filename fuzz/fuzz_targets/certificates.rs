//! X.509, CV certificates and requests, EF.SOD.
#![no_main]
use ektp::pki;

libfuzzer_sys::fuzz_target!(|data: &[u8]| {
    let Some((which, data)) = data.split_first() else { return };
    match which % 4 {
        0 => drop(pki::x509::Certificate::parse(data)),
        1 => drop(pki::cvc::Certificate::parse(data)),
        2 => drop(pki::cvc::Request::parse(data)),
        _ => drop(pki::sod::read(data)),
    }
});
