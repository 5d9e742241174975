//! The network beside onnxruntime on a drawn picture. The weights are not in the repository: without them this is skipped, and said.

use super::network::answer;
use super::*;
use crate::finger::extract::RidgeTest;
use std::path::PathBuf;

/// What onnxruntime made of the picture (`tests/interop/leader/vector.py`).
const VECTOR: &str = include_str!("../../../../specs/vectors/leader-drawn.csv");
const WIDTH: u16 = 90;
const HEIGHT: u16 = 85;
/// How far our answers may be from onnxruntime's: probabilities, and radians where a minutia is.
const TOLERANCE: f32 = 1e-4;

/// The weights where `scripts/leader-weights` and `scripts/setup peers` put them, or `EKTP_LEADER_WEIGHTS` says.
fn weights() -> Option<Vec<u8>> {
    let told = std::env::var_os("EKTP_LEADER_WEIGHTS").map(PathBuf::from);
    let cache = std::env::var_os("XDG_CACHE_HOME").map(PathBuf::from);
    let cache = cache.or_else(|| std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".cache")));
    let here = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("target/peers/LEADER.onnx");
    let found = [told, cache.map(|c| c.join(PLACE)), Some(here)].into_iter().flatten().find_map(|file| std::fs::read(file).ok());
    if found.is_none() {
        assert!(std::env::var_os("EKTP_LEADER_REQUIRED").is_none(), "the weights of LEADER are not there: {COMMAND}");
        crate::skipped::skipped(&format!("the weights of LEADER are not there; fetch them with {COMMAND}"));
    }
    found
}

/// Ridges of a period of 9 pixels whose phase turns once around at four places.
fn drawn() -> FingerImage {
    const TURNS: [(f64, f64, f64); 4] = [(24.0, 24.0, 1.0), (66.0, 30.0, -1.0), (26.0, 62.0, -1.0), (62.0, 60.0, 1.0)];
    let pixel = |x: f64, y: f64| {
        let turned: f64 = TURNS.iter().map(|(tx, ty, sense)| sense * libm::atan2(y - ty, x - tx)).sum();
        let phase = 2.0 * std::f64::consts::PI * (y + x * x / 900.0) / 9.0 + turned;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 38 to 218
        let grey = (128.0 + 90.0 * libm::cos(phase)).floor() as u8;
        grey
    };
    let places = (0..HEIGHT).flat_map(|y| (0..WIDTH).map(move |x| (x, y)));
    FingerImage::new(WIDTH, HEIGHT, places.map(|(x, y)| pixel(x.into(), y.into())).collect()).unwrap()
}

/// The fields of the vector's lines that begin with `what`.
fn lines(what: &str) -> Vec<Vec<f32>> {
    let fields = |line: &str| line.split(',').skip(1).map(|f| f.parse().unwrap()).collect();
    VECTOR.lines().filter(|l| l.split(',').next() == Some(what)).map(fields).collect()
}

#[test]
fn the_picture_is_the_one_that_onnxruntime_saw() {
    let sum: u32 = drawn().pixels().iter().map(|p| u32::from(*p)).sum();
    assert!(VECTOR.contains(&format!("# sum of the picture {sum}\n")), "{sum}");
}

#[test]
fn answers_are_onnxruntimes() {
    let Some(file) = weights() else { return };
    let leader = Leader::new(&file).unwrap();
    let image = drawn();
    let answers = leader.network.answers(pulp::Arch::new(), &padded(&image).0);
    let maps = lines("map");
    assert_eq!(maps.len(), 12 * 12);
    for line in maps {
        let [x, y, position, direction, kind] = line[..] else { panic!("{line:?}") };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // places
        let [p, cos, sin, k] = answer(&answers, x as usize, y as usize);
        let sigmoid = |x: f32| 1.0 / (1.0 + libm::expf(-x));
        assert!((sigmoid(p) - position).abs() < TOLERANCE, "{x} {y}: {} for {position}", sigmoid(p));
        assert!((sigmoid(k) - kind).abs() < TOLERANCE, "{x} {y}: {} for {kind}", sigmoid(k));
        if position > 0.1 {
            assert!((libm::atan2f(sin, cos) - direction).abs() < TOLERANCE, "{x} {y}");
        }
    }
}

/// All answers of a picture.
fn all_answers(leader: &Leader, arch: pulp::Arch, field: &Field) -> Vec<f32> {
    let answers = leader.network.answers(arch, field);
    let places = (0..answers.height).flat_map(|y| (0..answers.width).map(move |x| (x, y)));
    places.flat_map(|(x, y)| *answers.pixel(0, x, y)).collect()
}

/// A piece of the picture that is soon through.
fn piece() -> Field {
    let image = drawn();
    Field::new(64, 32, |x, y| f32::from(image.pixels()[y * usize::from(WIDTH) + x]))
}

#[test]
fn without_vectors_the_answers_are_the_same_within_the_tolerance() {
    let Some(file) = weights() else { return };
    let leader = Leader::new(&file).unwrap();
    let [a, b] = [pulp::Arch::new(), pulp::Arch::Scalar].map(|arch| all_answers(&leader, arch, &piece()));
    assert_eq!(a.len(), 32 * 16 * 16);
    assert!(a.iter().zip(&b).all(|(a, b)| (a - b).abs() < TOLERANCE * (1.0 + a.abs())));
}

#[cfg(target_arch = "x86_64")]
#[test]
fn avx2_and_avx_512_give_the_same_bits() {
    let (Some(file), Some(avx2)) = (weights(), pulp::x86::V3::try_new()) else { return };
    let leader = Leader::new(&file).unwrap();
    let bits = |arch| all_answers(&leader, arch, &piece()).into_iter().map(f32::to_bits).collect::<Vec<_>>();
    assert_eq!(bits(pulp::Arch::V3(avx2)), bits(pulp::Arch::new()));
}

#[test]
fn minutiae_are_onnxruntimes() {
    let Some(file) = weights() else { return };
    let ours = Leader::new(&file).unwrap().minutiae(pulp::Arch::new(), &drawn());
    let theirs: Vec<Vec<f32>> = lines("minutia");
    assert_eq!((ours.len(), theirs.len()), (4, 4));
    // Those of equal percent may stand in another order.
    let mut left: Vec<&Minutia> = ours.iter().collect();
    for line in &theirs {
        let [x, y, degrees, kind, quality] = line[..] else { panic!("{line:?}") };
        let at = left.iter().position(|m| f32::from(m.x) == x && f32::from(m.y) == y);
        let found = left.swap_remove(at.unwrap_or_else(|| panic!("none at {x} {y}")));
        let turn = (f32::from(found.angle) * 360.0 / 256.0 - degrees).rem_euclid(360.0);
        assert!(turn.min(360.0 - turn) <= 180.0 / 256.0 + 0.01, "{x} {y}: {} of 256 for {degrees}", found.angle);
        assert_eq!(found.kind, if kind == 1.0 { MinutiaKind::Ending } else { MinutiaKind::Bifurcation });
        assert_eq!(f32::from(found.quality), quality);
    }
}

#[test]
fn another_file_is_refused_by_its_hash() {
    assert_eq!(Leader::new(b"no model").unwrap_err(), LeaderError::OtherFile);
}

#[test]
fn a_graph_without_a_layer_is_refused_by_the_layers_name() {
    let graph = Graph::default();
    let refused = plan::network(&Layers::new(&graph)).err();
    assert_eq!(refused, Some(LeaderError::Layer { name: "stem0_conv".to_owned() }));
}

#[test]
fn a_blank_is_no_finger() {
    let Some(file) = weights() else { return };
    let leader = Leader::new(&file).unwrap();
    let blank = FingerImage::new(160, 160, vec![200; 160 * 160]).unwrap();
    assert_eq!(leader.extract(&blank), Err(ExtractError::NoRidges { percent: 0, test: RidgeTest::Area }));
    assert_eq!(leader.name(), "leader");
    assert_eq!(format!("{leader:?}"), "Leader");
}
