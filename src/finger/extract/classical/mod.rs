//! The classical extractor: local normalization, flow, period, contextual filters, and minutiae as dislocations of the wave.

mod bank;
pub mod chain;
mod dislocation;
mod filter;
mod flow;
mod mask;
mod normalize;
mod plane;
mod waves;

use crate::finger::extract::{ExtractError, Extraction, Extractor};
use crate::finger::image::FingerImage;
use crate::finger::template::{Minutia, MinutiaKind};
use crate::limits;

#[derive(Clone, Debug)]
pub struct Settings {
    pub wide: bank::Shape,
    pub fine: bank::Shape,
    pub contrast: f32,
    pub purity: f32,
    pub flow_sigma: f32,
    pub period_sigma: f32,
    pub dir2: f32,
    pub per2: f32,
    pub passes: usize,
    pub extra: Vec<f32>,
}

fn env(name: &str, d: f32) -> f32 {
    std::env::var(name).ok().and_then(|v| v.parse().ok()).unwrap_or(d)
}
pub fn settings() -> &'static Settings {
    static S: std::sync::LazyLock<Settings> = std::sync::LazyLock::new(|| Settings {
        wide: bank::Shape { across: env("WA", 0.5), along: env("WL", 0.7) },
        fine: bank::Shape { across: env("FA", 0.45), along: env("FL", 0.6) },
        contrast: env("CON", 0.2),
        purity: env("PUR", 0.1),
        flow_sigma: env("FS", 1.5),
        period_sigma: env("PS", 2.0),
        dir2: env("D2", 1.5),
        per2: env("P2", 3.0),
        passes: env("PASS", 2.0) as usize,
        extra: vec![],
    });
    &S
}

/// The classical extractor.
#[derive(Clone, Copy, Debug, Default)]
pub struct Classical;

const BIAS: f32 = -14.9922;
const WEIGHTS: [f32; 24] = [
    9.7514, 0.9548, 4.7617, -2.2858, -3.7791, 3.7394, 0.0004, 2.0459, 0.9071, 1.6588, 3.7002, 0.5111, -0.0817, -0.3224, -0.2150,
    0.2177, 0.3530, -0.5724, 0.0924, -1.9572, -0.7902, -0.3523, 1.4842, -0.0712,
];

impl Extractor for Classical {
    fn name(&self) -> &'static str {
        "classical"
    }

    fn extract(&self, image: &FingerImage) -> Result<Extraction, ExtractError> {
        let found = chain::run(image);
        let stats = found.stats();
        let percent = (stats[0] * 100.0) as u8;
        if stats[1] < 25.0 || stats[3] < 0.85 || stats[0] < 0.05 {
            return Err(ExtractError::NoRidges { percent });
        }
        let mut minutiae: Vec<Minutia> = found.raw().iter().filter_map(minutia).collect();
        minutiae.sort_by_key(|m| (std::cmp::Reverse(m.quality), m.y, m.x, m.angle));
        minutiae.truncate(limits::MINUTIAE);
        if minutiae.len() < 5 {
            return Err(ExtractError::TooFewMinutiae { found: minutiae.len() });
        }
        Ok(Extraction { minutiae, quality: (100.0 * stats[2] / 0.65).clamp(0.0, 100.0) as u8 })
    }
}

fn minutia(raw: &chain::Raw) -> Option<Minutia> {
    let sum = BIAS + raw.features.iter().zip(WEIGHTS).map(|(f, w)| f * w).sum::<f32>();
    let p = 1.0 / (1.0 + libm::expf(-sum));
    let turn = raw.angle / (2.0 * std::f32::consts::PI) * 256.0;
    let kind = if raw.kind == 1 { MinutiaKind::Ending } else { MinutiaKind::Bifurcation };
    (p >= 0.15).then(|| Minutia {
        x: raw.x as u16,
        y: raw.y as u16,
        angle: (turn + 256.5) as u16 as u8,
        kind,
        quality: (p * 100.0).clamp(1.0, 100.0) as u8,
    })
}
