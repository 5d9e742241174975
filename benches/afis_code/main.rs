//! Learns the weights of the gallery's codes from synthetic captures: `cargo bench --bench afis-code -- --learn FILE` writes the file
//! that `src/afis/code/projection.bin` is a copy of; without `--learn` it tells how well the committed weights tell fingers apart.
//! Folders of minutiae (`SET/F_I.csv`, as `cargo bench --bench calibrate` takes them) are looked at too.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // a tool of the workshop fails by panicking
#![allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss, missing_docs)]

mod learn;
mod matrix;
#[path = "../identify/persons.rs"]
#[allow(dead_code)] // shared with the figures of identification
mod persons;
mod real;

use ektp::afis::code::{Code, Features, Projection, features};
use ektp::afis::packed::Packed;
use ektp::finger::position::FingerPosition;
use persons::Population;

/// The populations: one to learn from, one to look at, neither that of any figure.
const LEARN_FROM: u64 = 0xC0DE;
const LOOK_AT: u64 = 0xC0DF;
/// Captures of each finger.
const CAPTURES: u32 = 4;

fn main() {
    let args: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    if args.iter().any(|a| a == "--test") {
        return;
    }
    let mut folders = args.clone();
    let mut learned = None;
    if let Some(at) = args.iter().position(|a| a == "--learn") {
        let path = args.get(at + 1).expect("--learn FILE");
        folders.drain(at..at + 2);
        let file = learn_file();
        std::fs::write(path, &file).unwrap();
        learned = Some(Projection::parse(&file).unwrap());
    }
    let projection = learned.as_ref().unwrap_or_else(|| Projection::committed());
    let look: Vec<Vec<Code>> =
        prints(LOOK_AT, 40).iter().map(|f| f.iter().map(|p| projection.code(&features(p))).collect()).collect();
    real::report("synthetic", &[look]);
    for folder in folders {
        let sets = real::read(&folder);
        real::report(&folder, &real::codes(&sets, |p| projection.code(&features(p))));
        real::packed(&folder, &sets);
    }
}

fn learn_file() -> Vec<u8> {
    let persons = std::env::var("EKTP_LEARN_PERSONS").ok().and_then(|v| v.parse().ok()).unwrap_or(400);
    let fingers: Vec<Vec<Box<Features>>> =
        prints(LEARN_FROM, persons).iter().map(|finger| finger.iter().map(features).collect()).collect();
    println!("{} fingers", fingers.len());
    let mut draws = persons::Normal::new(LEARN_FROM);
    learn::learn(&fingers, || draws.next()).file()
}

/// Fingers of a population in several captures each.
fn prints(seed: u64, persons: u64) -> Vec<Vec<Packed>> {
    let population = Population::new(seed);
    let of = |person| FingerPosition::ALL.map(|position| (person, position));
    let finger = |(person, position)| {
        let finger = population.finger(person, position);
        (0..CAPTURES).filter_map(|c| Packed::of(&finger.capture(c))).collect()
    };
    (0..persons).flat_map(of).map(finger).filter(|f: &Vec<Packed>| f.len() > 1).collect()
}
