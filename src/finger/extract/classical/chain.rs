//! The steps in their order.

use super::bank::{self, FINE, WIDE};
use super::dislocation::{self, Dislocation};
use super::filter::{self, Answer, Path};
use super::flow;
use super::mask;
use super::normalize::{self, Normalized};
use super::plane::{self, Plane};
use super::waves::{self, Waves};
use crate::finger::image::FingerImage;

/// Everything that the steps found out.
pub struct Found {
    pub(super) normalized: Normalized,
    pub(super) waves: Waves,
    pub(super) choice: Plane<u16>,
    pub(super) answer: Answer,
    pub(super) purity: Plane,
    pub(super) finger: Plane<bool>,
    pub(super) dislocations: Vec<Dislocation>,
    pub(super) first: Vec<Dislocation>,
    pub(super) early: flow::Flow,
    pub(super) firststep: Plane,
}

pub fn run(image: &FingerImage) -> Found {
    let set = super::settings();
    let normalized = normalize::normalize(&plane::halve(image));
    let p = &normalized.plane;
    let contrast = mask::contrast(&normalized.spread);
    let flow = flow::gradients(p).flow(set.flow_sigma);
    let early = flow::gradients(p).flow(set.flow_sigma);
    let mut waves = waves::by_bank(p, flow, &WIDE, set.period_sigma, Path::Widest);
    let wanted = grown(&contrast);
    let firststep = waves.step.clone();
    let mut first = Vec::new();
    for _ in 1..set.passes {
        let choice = waves.choice(p.width, p.height, &wanted);
        let answer = filter::answer(p, &WIDE, &choice, Path::Widest);
        first = dislocation::find(&answer, &WIDE, &choice);
        waves = waves::by_phase(&answer, &choice, set.dir2, set.per2);
    }
    let choice = waves.choice(p.width, p.height, &wanted);
    let answer = filter::answer(p, &FINE, &choice, Path::Widest);
    let purity = mask::purity(p, &answer, 1.5);
    let finger = mask::finger(&contrast, &purity);
    let dislocations = dislocation::find(&answer, &FINE, &choice);
    Found { normalized, waves, choice, answer, purity, finger, dislocations, first, early, firststep }
}

fn grown(m: &Plane<bool>) -> Plane<bool> {
    let mut out = m.clone();
    for y in 0..m.height {
        for x in 0..m.width {
            out.data[y * m.width + x] = (-1..=1).any(|dy| (-1..=1).any(|dx| m.near(x as isize + dx, y as isize + dy)));
        }
    }
    out
}

/// A raw candidate: place and direction in pixels of the picture, and features.
pub struct Raw {
    pub x: f32,
    pub y: f32,
    pub angle: f32,
    pub kind: u8,
    pub features: Vec<f32>,
}

fn cap(v: f32, m: f32) -> f32 {
    v.min(m)
}

impl Found {
    pub fn dump(&self) -> (usize, usize, Vec<u8>, Vec<u8>, Vec<u8>) {
        let w = self.choice.width;
        let h = self.choice.height;
        let n = self.normalized.plane.data.iter().map(|v| (128.0 + 50.0 * v).clamp(0.0, 255.0) as u8).collect();
        let e = self.answer.re.data.iter().map(|v| (128.0 + 100.0 * v).clamp(0.0, 255.0) as u8).collect();
        let m = (0..w * h).map(|i| if self.finger.at(i % w / 4, i / w / 4) { 255 } else { 0 }).collect();
        (w, h, n, e, m)
    }
    pub fn stats(&self) -> Vec<f32> {
        let n = self.finger.data.iter().filter(|f| **f).count().max(1) as f32;
        let mean = |p: &Plane| p.data.iter().zip(&self.finger.data).filter(|(_, f)| **f).map(|(v, _)| *v).sum::<f32>() / n;
        let inside = self.dislocations.iter().filter(|d| self.finger.at(d.cell.0 / 4, d.cell.1 / 4)).count() as f32;
        vec![
            n / self.finger.data.len() as f32,
            n * 64.0 / 387.5,
            mean(&self.purity),
            mean(&self.waves.flow.certainty),
            mean(&self.early.certainty),
            inside / n,
            mean(&self.waves.step),
        ]
    }
    pub fn raw(&self) -> Vec<Raw> {
        let depth = depth(&self.finger);
        let mut inside: Vec<f32> = mask::cells(&self.normalized.spread)
            .data
            .iter()
            .zip(&self.finger.data)
            .filter(|(_, f)| **f)
            .map(|(s, _)| *s)
            .collect();
        inside.sort_unstable_by(f32::total_cmp);
        let typical = inside.get(inside.len() / 2).copied().unwrap_or(1.0).max(1.0);
        self.dislocations
            .iter()
            .filter(|d| self.finger.at(d.cell.0 / flow::PITCH, d.cell.1 / flow::PITCH))
            .map(|d| self.one(d, &depth, typical))
            .collect()
    }
    fn aim(&self, d: &Dislocation) -> (f32, f32) {
        let (dir, per) = filter::parts(self.choice.at(d.cell.0, d.cell.1));
        let k = FINE.kernel(dir, per).wave;
        let g = ((d.x - 1.5) / 4.0, (d.y - 1.5) / 4.0);
        let (c, s) = (self.waves.flow.cos.between(g.0, g.1), self.waves.flow.sin.between(g.0, g.1));
        let a = 0.5 * libm::atan2f(s, c);
        let (mut kx, mut ky) = (libm::cosf(a), libm::sinf(a));
        if kx * k[0] + ky * k[1] < 0.0 {
            kx = -kx;
            ky = -ky;
        }
        (kx, ky)
    }
    /// (mean magnitude, least octant, ideal vortex share, plain share)
    fn ring(&self, d: &Dislocation, k: (f32, f32), r: f32, dir: usize) -> (f32, f32, f32, f32) {
        let (mut sum, mut v1, mut v0) = (0.0f32, (0.0f32, 0.0f32), (0.0f32, 0.0f32));
        let mut mags = [0.0f32; 16];
        for i in 0..16 {
            let th = i as f32 * std::f32::consts::PI / 8.0;
            let (ox, oy) = (r * libm::cosf(th), r * libm::sinf(th));
            let (px, py) = (
                plane::clamp((d.x + ox + 0.5) as isize, self.choice.width),
                plane::clamp((d.y + oy + 0.5) as isize, self.choice.height),
            );
            let own = self.choice.at(px, py);
            if own == filter::NONE {
                continue;
            }
            let z = waves::oriented(&self.answer, px, py, filter::parts(own).0, dir);
            let (dx, dy) = (px as f32 - d.x, py as f32 - d.y);
            let ph = -(k.0 * dx + k.1 * dy);
            let (c, s) = (libm::cosf(ph), libm::sinf(ph));
            let w = (z.0 * c - z.1 * s, z.0 * s + z.1 * c);
            let m = (w.0 * w.0 + w.1 * w.1).sqrt();
            mags[i] = m;
            sum += m;
            let t2 = -d.sense * libm::atan2f(dy, dx);
            let (c2, s2) = (libm::cosf(t2), libm::sinf(t2));
            v1.0 += w.0 * c2 - w.1 * s2;
            v1.1 += w.0 * s2 + w.1 * c2;
            v0.0 += w.0;
            v0.1 += w.1;
        }
        let least = (0..16).map(|i| mags[i] + mags[(i + 1) % 16] + mags[(i + 2) % 16]).fold(9.0f32, f32::min) / 3.0;
        let n = sum.max(1e-3);
        (sum / 16.0, least, (v1.0 * v1.0 + v1.1 * v1.1).sqrt() / n, (v0.0 * v0.0 + v0.1 * v0.1).sqrt() / n)
    }
    fn one(&self, d: &Dislocation, depth: &Plane, typical: f32) -> Raw {
        let (x, y) = d.cell;
        let (dir, per) = filter::parts(self.choice.at(x, y));
        let wave = FINE.kernel(dir, per).wave;
        let g = ((d.x - 1.5) / 4.0, (d.y - 1.5) / 4.0);
        let (kx, ky) = self.aim(d);
        let (vx, vy) = (d.sense * ky, -d.sense * kx);
        let t = bank::period(per);
        let mut dark = 0.0;
        for i in 2..=6 {
            let r = t * i as f32 * 0.2;
            let (px, py) = ((d.x + vx * r + 0.5) as usize, (d.y + vy * r + 0.5) as usize);
            if px < self.choice.width && py < self.choice.height {
                dark += self.answer.re.at(px, py);
            }
        }
        let k = (kx * std::f32::consts::TAU / t, ky * std::f32::consts::TAU / t);
        let _ = wave;
        let r05 = self.ring(d, k, 0.5 * t, dir);
        let r1 = self.ring(d, k, t, dir);
        let r2 = self.ring(d, k, 2.0 * t, dir);
        let near = |list: &[Dislocation], sense: f32, skip: bool| {
            list.iter()
                .filter(|o| o.sense == sense && !(skip && o.cell == d.cell))
                .map(|o| ((o.x - d.x).powi(2) + (o.y - d.y).powi(2)).sqrt() / t)
                .fold(4.0f32, f32::min)
        };
        let opp = near(&self.dislocations, -d.sense, true);
        let same = near(&self.dislocations, d.sense, true);
        let keep = cap(near(&self.first, d.sense, false), 2.0);
        let c0 = (self.early.cos.between(g.0, g.1), self.early.sin.between(g.0, g.1));
        let a2 = (kx * kx - ky * ky, 2.0 * kx * ky);
        let agree = c0.0 * a2.0 + c0.1 * a2.1;
        // bend: flow one period either side
        let at = |dx: f32, dy: f32| {
            let (gx, gy) = (g.0 + dx / 4.0, g.1 + dy / 4.0);
            (self.waves.flow.cos.between(gx, gy), self.waves.flow.sin.between(gx, gy))
        };
        let b = at(2.0 * t * vx, 2.0 * t * vy);
        let e = at(-2.0 * t * vx, -2.0 * t * vy);
        let bend = (b.0 * e.0 + b.1 * e.1) / ((b.0 * b.0 + b.1 * b.1) * (e.0 * e.0 + e.1 * e.1)).sqrt().max(1e-3);
        let purity = self.purity.between(g.0, g.1);
        let cert = self.waves.flow.certainty.between(g.0, g.1);
        let spread = self.normalized.spread.at(x, y);
        let step = self.waves.step.between(g.0, g.1);
        let step2 = self.firststep.between(g.0, g.1);
        Raw {
            x: 2.0 * d.x + 0.5,
            y: 2.0 * d.y + 0.5,
            angle: libm::atan2f(-vy, vx),
            kind: if dark < 0.0 { 1 } else { 2 },
            features: vec![
                r1.0,
                r1.1,
                r2.0,
                r2.1,
                r05.0,
                r1.2,
                r2.2,
                r05.2,
                r1.3,
                purity,
                cert,
                libm::logf((d.slope * t * t / (r1.0 * r1.0 + 1e-3)).max(1e-3)),
                step,
                libm::logf(spread.max(1.0)),
                libm::logf(spread.max(1.0) / typical),
                opp,
                same,
                keep,
                depth.between(g.0, g.1),
                agree,
                bend,
                (step - step2).abs(),
                self.normalized.mean.at(x, y) / 255.0,
                if dark < 0.0 { 1.0 } else { 0.0 },
            ],
        }
    }
}

fn depth(m: &Plane<bool>) -> Plane {
    let mut out = Plane::<f32>::new(m.width, m.height);
    let mut cur = m.clone();
    for _ in 0..6 {
        out.data.iter_mut().zip(&cur.data).for_each(|(o, c)| {
            if *c {
                *o += 1.0
            }
        });
        let mut next = cur.clone();
        for y in 0..m.height {
            for x in 0..m.width {
                let inside = |dx: isize, dy: isize| {
                    let (a, b) = (x as isize + dx, y as isize + dy);
                    a >= 0 && b >= 0 && (a as usize) < m.width && (b as usize) < m.height && cur.at(a as usize, b as usize)
                };
                next.data[y * m.width + x] = cur.at(x, y) && inside(1, 0) && inside(-1, 0) && inside(0, 1) && inside(0, -1);
            }
        }
        cur = next;
    }
    out
}
