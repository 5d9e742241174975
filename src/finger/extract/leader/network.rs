//! The network from end to end: a picture in, four answers for every pixel out.

use super::attention::{self, Attention};
use super::block::{self, Block};
use super::heads::{self, Heads};
use super::plane::{PANEL, Plane};
use super::separable::{self, Separable};
use super::stem::{self, Field, Stem};
use super::tile::{Pool, Scratch, Target};
use super::vectors::run;

/// All stages, ready to run.
pub(super) struct Network {
    pub(super) first: Stem<1>,
    pub(super) second: Stem<2>,
    /// At a half, a quarter, an eighth and a sixteenth of the picture's size.
    pub(super) encoder: [Separable; 4],
    /// At a 32nd to a quarter; each doubles.
    pub(super) decoder: [Separable; 4],
    pub(super) attention: Attention,
    /// At a half to a sixteenth.
    pub(super) encoders: [Block; 4],
    /// At a 32nd to a quarter; each doubles.
    pub(super) decoders: [Block; 4],
    pub(super) heads: Heads,
    /// Five by five taps.
    pub(super) blur: Vec<f32>,
}

/// What filters of five, and of seven taps reach over the edge.
const FIVE: usize = 2;
const SEVEN: usize = 3;
/// What the attention's widest filter reaches.
const WIDEST: usize = 6;

impl Network {
    /// A map of one panel at half the picture's size: for each of a pixel's four places, row by row, the logit of a minutia, its
    /// direction's cosine and sine times something, and the logit of an ending. The picture's sides are multiples of 32.
    pub(super) fn answers(&self, arch: pulp::Arch, picture: &Field) -> Plane {
        let mut scratch = Scratch::new();
        let attended = self.attended(arch, picture, &mut scratch);
        let last = self.described(arch, &attended, &mut scratch);
        let mut bent = Plane::new(1, last.width, last.height, 1);
        run(arch, heads::Run { heads: &self.heads, from: &last, to: &mut bent, scratch: &mut scratch });
        let mut answers = Plane::new(1, last.width, last.height, 0);
        run(arch, heads::Last { filter: &self.heads.last, from: &bent, to: &mut answers });
        answers
    }

    /// The first encoder and decoder with their attention, and the second stem beside it: four panels at half size.
    fn attended(&self, arch: pulp::Arch, picture: &Field, scratch: &mut Scratch) -> Plane {
        let (mut width, mut height) = (picture.width / 2, picture.height / 2);
        let mut attended = Plane::new(4, width, height, SEVEN);
        run(arch, stem::Run { stem: &self.second, from: picture, to: &mut attended, panel: 2 });
        let mut from = Plane::new(1, width, height, FIVE);
        run(arch, stem::Run { stem: &self.first, from: picture, to: &mut from, panel: 0 });
        // What an encoder stage gives lies in the second half of the map that its decoder stage reads.
        let mut both = Vec::new();
        for (level, stage) in self.encoder.iter().enumerate() {
            let panels = stage.norm.len();
            let border = if level == 0 { WIDEST } else { FIVE };
            let mut whole = Plane::new(2 * panels, width, height, border);
            let to = Target { plane: &mut whole, panel: panels, grow: false };
            run(arch, separable::Run { stage, from: &from, to, scratch });
            (width, height) = (width / 2, height / 2);
            from = Plane::new(panels, width, height, FIVE);
            run(arch, Pool { from: &whole, panels: panels..2 * panels, to: &mut from });
            both.push(whole);
        }
        for stage in &self.decoder {
            let Some(mut whole) = both.pop() else { break };
            let to = Target { plane: &mut whole, panel: 0, grow: true };
            run(arch, separable::Run { stage, from: &from, to, scratch });
            from = whole;
        }
        run(arch, attention::Run { attention: &self.attention, from: &from, to: &mut attended, scratch });
        attended
    }

    /// The second encoder and decoder: four panels at half size.
    fn described(&self, arch: pulp::Arch, attended: &Plane, scratch: &mut Scratch) -> Plane {
        let (mut width, mut height) = (attended.width, attended.height);
        let mut both: Vec<Plane> = Vec::new();
        let mut pooled: Option<Plane> = None;
        for (stage, decoder) in self.encoders.iter().zip(self.decoders.iter().rev()) {
            let (own, grown) = (stage.out.panels(), decoder.out.panels());
            let mut whole = Plane::new(grown + own, width, height, SEVEN);
            let to = Target { plane: &mut whole, panel: grown, grow: false };
            run(arch, block::Run { stage, from: pooled.as_ref().unwrap_or(attended), to, scratch });
            (width, height) = (width / 2, height / 2);
            let mut half = Plane::new(own, width, height, SEVEN);
            run(arch, Pool { from: &whole, panels: grown..grown + own, to: &mut half });
            pooled = Some(half);
            both.push(whole);
        }
        let mut from = pooled.unwrap_or_else(|| Plane::new(0, 0, 0, 0));
        for stage in &self.decoders {
            let Some(mut whole) = both.pop() else { break };
            let to = Target { plane: &mut whole, panel: 0, grow: true };
            run(arch, block::Run { stage, from: &from, to, scratch });
            from = whole;
        }
        from
    }
}

/// The answers of the pixel (`x`, `y`) of the picture.
pub(super) fn answer(answers: &Plane, x: usize, y: usize) -> [f32; 4] {
    let all = answers.pixel(0, x / 2, y / 2);
    let place = (2 * (y % 2) + x % 2) * (PANEL / 4);
    all[place..].first_chunk().copied().unwrap_or_default()
}
