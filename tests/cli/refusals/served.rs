//! `chip serve`, with a virtual reader that the test plays itself.

use super::Refusal::{Act, But};
use super::place::Place;
use super::service::Service;
use super::{Rows, Yes};
use crate::contract::Run;
use std::io::Write;
use std::net::{TcpListener, TcpStream};

const SELECT: [u8; 15] = [0, 13, 0x00, 0xA4, 0x04, 0x0C, 8, 0xA0, 0, 0, 1, 0x51, 0, 0, 0];

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "chip serve",
        yes: Yes::Act(|place| with_reader(place, "", |reader| reader.write_all(&[0, 1, 1]).unwrap())),
        refusals: &[
            Act("transport-error", |place| with_reader(place, "", |reader| reader.write_all(&[0, 1, 9]).unwrap())),
            Act("unexpected-answer", |place| {
                with_reader(place, "--fault oversize@1:65535", |reader| {
                    reader.write_all(&[&[0, 1, 1], &SELECT[..]].concat()).unwrap();
                    // Until the chip hangs up.
                    let _ = std::io::copy(reader, &mut std::io::sink());
                })
            }),
            Act("in-use", |place| {
                let listener = TcpListener::bind("127.0.0.1:0").unwrap();
                let line = format!("chip serve --state @chip --port {}", listener.local_addr().unwrap().port());
                let _service = Service::start(place, &line);
                place.run(&line)
            }),
        ],
    },
    Rows {
        verb: "chip serve",
        yes: Yes::Elsewhere("--state @chip --port 1 --latency none --fault removed@1"),
        refusals: &[
            But("no-reader", "none", "j3r180"),
            But("usage", "none", "fast"),
            But("usage", "removed@1", "removed@0"),
            But("usage", "removed@1", "melted@1"),
            But("usage", "removed@1", "removed@1:2"),
            But("file-unreadable", "@chip", "@none"),
            But("input-invalid", "@chip", "@garbage"),
            But("file-unreadable", "removed@1", "swapped@1:@none"),
            But("in-use", "removed@1", "swapped@1:@chip"),
        ],
    },
];

pub fn run() {
    let place = Place::new();
    place.run("chip new --state @chip --profile ektp-8k").yes();
    super::run_all(ROWS, &place);
}

/// Serves the chip to a reader that does this and hangs up.
fn with_reader(place: &Place, more: &str, act: impl FnOnce(&mut TcpStream)) -> Run {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let service = Service::start(place, &format!("chip serve --state @chip --port {port} {more}"));
    let (mut reader, _) = listener.accept().unwrap();
    act(&mut reader);
    drop(reader);
    service.ended()
}
