//! From the graph's layers to what is computed: layers in a row that are linear become one, and scales and shifts go into the weights.

use super::LeaderError;
use super::attention::Attention;
use super::block::{Block, Expand};
use super::heads::{HEADS, Heads, OWN};
use super::kernel::{Filter, Matrix};
use super::layers::{Conv, Layers, Norm};
use super::network::Network;
use super::plane::{PANEL, Panel};
use super::separable::Separable;
use super::stem::{Branch, Stem};
use super::tile::Depthwise;
use std::array::from_fn;

/// The whole network.
pub(super) fn network(layers: &Layers<'_>) -> Result<Network, LeaderError> {
    let separable = |name: &str, inputs: usize, outputs: usize| separable(layers, name, inputs, outputs);
    let block = |name: &str, inputs: &[usize], outputs: usize| block(layers, name, inputs, outputs);
    Ok(Network {
        first: first(layers)?,
        second: second(layers)?,
        encoder: [
            separable("enc0_0", 16, 16)?,
            separable("enc0_1", 16, 32)?,
            separable("enc0_2", 32, 64)?,
            separable("enc0_3", 64, 128)?,
        ],
        decoder: [
            separable("dec0_3", 128, 128)?,
            separable("dec0_2", 256, 64)?,
            separable("dec0_1", 128, 32)?,
            separable("dec0_0", 64, 16)?,
        ],
        attention: attention(layers)?,
        encoders: [
            block("enc1_0", &[64], 32)?,
            block("enc1_1", &[32], 64)?,
            block("enc1_2", &[64], 128)?,
            block("enc1_3", &[128], 32)?,
        ],
        decoders: [
            block("dec1_3", &[32], 27)?,
            block("dec1_2", &[27, 32], 91)?,
            block("dec1_1", &[91, 128], 42)?,
            block("dec1_0", &[42, 64], 20)?,
        ],
        heads: heads(layers)?,
        blur: layers.blur()?,
    })
}

/// The first `PANEL` of some numbers from `at` on.
fn panel(values: &[f32], at: usize) -> Panel {
    from_fn(|l| values.get(at + l).copied().unwrap_or_default())
}

/// How far the taps of a square filter lie from its middle, row by row.
fn taps(side: isize, apart: isize) -> Vec<(isize, isize)> {
    (0..side * side).map(|t| ((t % side - side / 2) * apart, (t / side - side / 2) * apart)).collect()
}

/// Eight channels near and eight wide, in one panel.
fn first(layers: &Layers<'_>) -> Result<Stem<1>, LeaderError> {
    let (near, wide) = (layers.conv("stem0_conv", 8, 1, 5)?, layers.conv("stem0_dilated_conv", 8, 1, 5)?);
    let norm = layers.norm("stem0_ln", 16)?;
    let (near_taps, wide_taps) = (taps(5, 1), taps(5, 2));
    let mut all = near_taps.clone();
    all.extend(wide_taps.iter().filter(|t| !near_taps.contains(t)));
    let weight = |conv: &Conv, of: &[(isize, isize)], output: usize, tap: (isize, isize)| {
        of.iter().position(|t| *t == tap).map_or(0.0, |t| conv.weight(output, 0, t))
    };
    let weights =
        |tap| from_fn(|l| if l < 8 { weight(&near, &near_taps, l, tap) } else { weight(&wide, &wide_taps, l - 8, tap) });
    let branch = Branch {
        taps: all.into_iter().map(|tap| (tap, weights(tap))).collect(),
        bias: panel(&[near.bias, wide.bias].concat(), 0),
        scale: panel(&norm.scale, 0),
        shift: panel(&norm.shift, 0),
    };
    Ok(Stem { branches: [branch], highest: true })
}

/// Sixteen channels near and sixteen wide.
fn second(layers: &Layers<'_>) -> Result<Stem<2>, LeaderError> {
    let norm = layers.norm("stem1_ln", 32)?;
    let branch = |conv: &Conv, apart: isize, at: usize| Branch {
        taps: taps(5, apart).into_iter().enumerate().map(|(t, tap)| (tap, from_fn(|l| conv.weight(l, 0, t)))).collect(),
        bias: panel(&conv.bias, 0),
        scale: panel(&norm.scale, at),
        shift: panel(&norm.shift, at),
    };
    let (near, wide) = (layers.conv("stem1_conv", 16, 1, 5)?, layers.conv("stem1_dilated_conv", 16, 1, 5)?);
    Ok(Stem { branches: [branch(&near, 1, 0), branch(&wide, 2, PANEL)], highest: false })
}

/// Channels of each panel of a map in which parts lie one after another, each from a panel of its own on.
fn counts(parts: &[usize]) -> Vec<usize> {
    parts.iter().flat_map(|part| (0..part.div_ceil(PANEL)).map(move |p| PANEL.min(part - p * PANEL))).collect()
}

fn separable(layers: &Layers<'_>, name: &str, inputs: usize, outputs: usize) -> Result<Separable, LeaderError> {
    let layer = format!("{name}_conv");
    let depth = Depthwise::new(&layers.depthwise(&layer, inputs, 5)?, 25, &counts(&[inputs]));
    let point = layers.conv(&layer, outputs, inputs, 1)?;
    let norm = layers.norm(&format!("{name}_ln"), outputs)?;
    let mean = |value: &dyn Fn(usize) -> f32| narrowed((0..outputs).map(|o| f64::from(value(o))).sum::<f64>() / count(outputs));
    let means: Vec<f32> = (0..inputs).map(|i| mean(&|o| point.weight(o, i, 0))).collect();
    let middle = mean(&|o| point.bias[o]);
    Ok(Separable {
        depth,
        point: Matrix::new(outputs, inputs, |o, i| point.weight(o, i, 0) - means[i], |o| point.bias[o] - middle),
        norm: (0..outputs).step_by(PANEL).map(|at| (panel(&norm.scale, at), panel(&norm.shift, at))).collect(),
    })
}

fn attention(layers: &Layers<'_>) -> Result<Attention, LeaderError> {
    let filter = |apart: isize| -> Result<Filter, LeaderError> {
        let conv = layers.conv(&format!("attention_conv_d{apart}"), 16, 32, 3)?;
        let weights = (0..9).flat_map(|t| (0..32).map(move |i| (t, i)));
        Ok(Filter {
            taps: taps(3, apart),
            inputs: 32,
            weights: weights.map(|(t, i)| from_fn(|o| conv.weight(o, i, t))).collect(),
            bias: panel(&conv.bias, 0),
        })
    };
    let weigh = layers.conv("attention_s", 32, 48, 1)?;
    Ok(Attention {
        filters: [filter(1)?, filter(3)?, filter(6)?],
        weigh: Matrix::new(32, 48, |o, i| weigh.weight(o, i, 0), |o| weigh.bias[o]),
    })
}

/// A stage as far as GELU: the normalization's scale and shift go into the product after it.
fn expand(layers: &Layers<'_>, name: &str, parts: &[usize]) -> Result<Expand, LeaderError> {
    let inputs: usize = parts.iter().sum();
    let outputs = 4 * inputs;
    let depth = Depthwise::new(&layers.depthwise(&format!("{name}_depthwise_conv"), inputs, 7)?, 49, &counts(parts));
    let Norm { scale, shift } = layers.norm(&format!("{name}_ln"), inputs)?;
    let conv = layers.conv(&format!("{name}_conv_exp"), outputs, inputs, 1)?;
    let moved = |o| (0..inputs).map(|i| f64::from(conv.weight(o, i, 0)) * f64::from(shift[i])).sum::<f64>();
    let matrix =
        Matrix::new(outputs, inputs, |o, i| conv.weight(o, i, 0) * scale[i], |o| narrowed(f64::from(conv.bias[o]) + moved(o)));
    Ok(Expand { depth, matrix, outputs })
}

/// A product as a table: outputs by inputs, and a bias each.
struct Linear {
    rows: Vec<Vec<f64>>,
    bias: Vec<f64>,
}

impl Linear {
    fn of(conv: &Conv) -> Self {
        let row = |o| (0..conv.inputs).map(|i| f64::from(conv.weight(o, i, 0))).collect();
        Self { rows: (0..conv.outputs).map(row).collect(), bias: conv.bias.iter().map(|b| f64::from(*b)).collect() }
    }

    /// First `other`, then this.
    fn after(&self, other: &Self) -> Self {
        let inputs = other.rows.first().map_or(0, Vec::len);
        let row = |own: &Vec<f64>| {
            let mut sum = vec![0.0; inputs];
            for (weight, row) in own.iter().zip(&other.rows) {
                sum.iter_mut().zip(row).for_each(|(s, r)| *s += weight * r);
            }
            sum
        };
        let bias = |(own, bias): (&Vec<f64>, &f64)| bias + own.iter().zip(&other.bias).map(|(w, b)| w * b).sum::<f64>();
        Self { rows: self.rows.iter().map(row).collect(), bias: self.rows.iter().zip(&self.bias).map(bias).collect() }
    }

    /// This over (`other` plus what went into the stage): its inputs are those of `other`, then the stage's.
    fn over_sum(&self, other: &Self) -> Self {
        let mut both = self.after(other);
        both.rows.iter_mut().zip(&self.rows).for_each(|(row, own)| row.extend(own));
        both
    }

    /// With outputs of mean 0.
    fn centred(mut self) -> Self {
        let n = count(self.rows.len());
        for i in 0..self.rows.first().map_or(0, Vec::len) {
            let mean = self.rows.iter().map(|r| r[i]).sum::<f64>() / n;
            self.rows.iter_mut().for_each(|r| r[i] -= mean);
        }
        let mean = self.bias.iter().sum::<f64>() / n;
        self.bias.iter_mut().for_each(|b| *b -= mean);
        self
    }

    /// Packed, the outputs from place `at` of `outputs` on.
    fn matrix(&self, outputs: usize, at: usize) -> Matrix {
        let inputs = self.rows.first().map_or(0, Vec::len);
        let row = |o: usize| o.checked_sub(at).filter(|o| *o < self.rows.len());
        let weight = |o, i: usize| row(o).map_or(0.0, |o| narrowed(self.rows[o][i]));
        Matrix::new(outputs, inputs, weight, |o| row(o).map_or(0.0, |o| narrowed(self.bias[o])))
    }
}

fn block(layers: &Layers<'_>, name: &str, parts: &[usize], outputs: usize) -> Result<Block, LeaderError> {
    let expand = expand(layers, name, parts)?;
    let reduce = layers.conv(&format!("{name}_conv_red"), expand.depth.channels, expand.outputs, 1)?;
    let adjust = layers.conv(&format!("{name}_conv_adj"), outputs, expand.depth.channels, 1)?;
    let out = Linear::of(&adjust).over_sum(&Linear::of(&reduce)).matrix(outputs, 0);
    Ok(Block { expand, out })
}

fn heads(layers: &Layers<'_>) -> Result<Heads, LeaderError> {
    let head = |h: usize| -> Result<(Expand, Matrix), LeaderError> {
        let expand = expand(layers, &format!("head_{h}_ibc"), &[20, 32])?;
        let reduce = layers.conv(&format!("head_{h}_ibc_conv_red"), 52, expand.outputs, 1)?;
        let adjust = layers.conv(&format!("head_{h}_ibc_conv_adj"), 6, 52, 1)?;
        let first = layers.conv(&format!("head_{h}_conv1"), OWN, 6, 1)?;
        let out = Linear::of(&first).after(&Linear::of(&adjust)).over_sum(&Linear::of(&reduce)).centred();
        Ok((expand, out.matrix(PANEL, OWN * h)))
    };
    let norm = |h: usize| layers.norm(&format!("head_{h}_ln"), OWN);
    let mixing = |h: usize| layers.conv(&format!("head_{h}_conv2"), OWN, OWN, 1);
    let (norms, mixes) = ([norm(0)?, norm(1)?, norm(2)?], [mixing(0)?, mixing(1)?, mixing(2)?]);
    let same = |o: usize, i: usize| o / OWN == i / OWN && o / OWN < HEADS;
    let mix = |o: usize, i: usize| mixes[o / OWN].weight(o % OWN, i % OWN, 0);
    let moved = |o: usize| (0..OWN).map(|i| mix(o, i) * norms[o / OWN].shift[i]).sum::<f32>() + mixes[o / OWN].bias[o % OWN];
    Ok(Heads {
        heads: [head(0)?, head(1)?, head(2)?],
        variance: Matrix::new(PANEL, PANEL, |o, i| if same(o, i) { 0.25 } else { 0.0 }, |_| 0.0),
        mix: Matrix::new(
            PANEL,
            PANEL,
            |o, i| if same(o, i) { mix(o, i) * norms[i / OWN].scale[i % OWN] } else { 0.0 },
            |o| if o / OWN < HEADS { moved(o) } else { 0.0 },
        ),
        last: last(layers)?,
    })
}

/// The last filters, of five by five taps over doubled pixels, as one of three by three taps for each of a pixel's four places.
fn last(layers: &Layers<'_>) -> Result<Filter, LeaderError> {
    let position = layers.conv("head_conv_pos", 1, OWN, 5)?;
    let direction = layers.conv("head_conv_dir", 2, OWN, 5)?;
    let kind = layers.conv("head_conv_typ", 1, OWN, 5)?;
    // By answer: the head it is of, its filter and the filter's output.
    let answers = [(0, &position, 0), (1, &direction, 0), (1, &direction, 1), (2, &kind, 0)];
    let weight = |(dx, dy): (isize, isize), input: usize, output: usize| {
        let (place, answer) = (output / 4, output % 4);
        let (head, conv, of) = answers[answer];
        if input / OWN != head {
            return 0.0;
        }
        let (px, py) = (place % 2, place / 2);
        // The taps that see the doubled pixel (dx, dy) from this place.
        let sees = |tap: usize, place: usize, d: isize| (tap.cast_signed() - 2 + place.cast_signed()).div_euclid(2) == d;
        let all = (0..25).filter(|t| sees(t % 5, px, dx) && sees(t / 5, py, dy));
        all.map(|t| conv.weight(of, input % OWN, t)).sum()
    };
    let inputs = OWN * HEADS;
    let taps = taps(3, 1);
    let weights = taps.iter().flat_map(|tap| (0..inputs).map(move |i| (*tap, i)));
    Ok(Filter {
        weights: weights.map(|(tap, i)| from_fn(|o| weight(tap, i, o))).collect(),
        bias: from_fn(|o| answers[o % 4].1.bias[answers[o % 4].2]),
        inputs,
        taps,
    })
}

#[allow(clippy::cast_precision_loss)] // at most 128
fn count(n: usize) -> f64 {
    n as f64
}

#[allow(clippy::cast_possible_truncation)] // weights: rounding is what is wanted
fn narrowed(value: f64) -> f32 {
    value as f32
}
