//! Beside a pcscd without a reader, and beside a service that fails.

use super::Refusal::{Act, Line};
use super::place::Place;
use super::{Rows, Yes};
use crate::private_pcscd::inside;
use std::io::{Read, Write};
use std::os::unix::net::UnixListener;

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "reader list",
        yes: Yes::Elsewhere(""),
        refusals: &[
            Line("no-reader", ""),
            Act("transport-error", |place| {
                let socket = failing_service(place);
                place.run_in("reader list", &[("PCSCLITE_CSOCK_NAME", &socket)])
            }),
        ],
    },
    Rows { verb: "reader identify", yes: Yes::Elsewhere(""), refusals: &[Line("no-reader", "")] },
    Rows { verb: "doctor", yes: Yes::Elsewhere(""), refusals: &[Line("no-reader", "")] },
];

pub fn run() {
    if inside("refusals::without_a_reader", &["--no-slots"]) {
        super::run_all(ROWS, &Place::new().beside_a_service());
    }
}

/// A service that takes a client's greeting (a header of two words, then three) and answers it with a communication error
/// (SCARD_F_COMM_ERROR): a real one cannot be brought to fail so.
fn failing_service(place: &Place) -> String {
    let path = place.at("service");
    let listener = UnixListener::bind(&path).unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut greeting = [0; 20];
            let words: [u32; 3] = [4, 4, 0x8010_0013];
            let answer: Vec<u8> = words.iter().flat_map(|w| w.to_ne_bytes()).collect();
            let _ = stream.read_exact(&mut greeting).and_then(|()| stream.write_all(&answer));
        }
    });
    path.display().to_string()
}
