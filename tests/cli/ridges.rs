//! Drawn ridges of no finger, with minutiae where a seed puts them, as a picture file that states no resolution.

/// A PGM of 320 by 400 pixels with `count` minutiae.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // a grey level
pub fn pgm(seed: u64, count: usize) -> Vec<u8> {
    let minutiae = minutiae(seed, count);
    let pixels = (0..320 * 400).map(|i| {
        let (x, y) = (f64::from(i % 320), f64::from(i / 320));
        let (ex, ey) = ((x - 160.0) / 145.0, (y - 200.0) / 185.0);
        if ex * ex + ey * ey > 1.0 {
            return 255;
        }
        let turns: f64 = minutiae.iter().map(|m| m[2] * (y - m[1]).atan2(x - m[0])).sum();
        let phase = std::f64::consts::TAU * (x - 160.0).hypot(y - 400.0) / 9.0 + turns;
        (128.0 + 90.0 * phase.cos()) as u8
    });
    [&b"P5\n320 400\n255\n"[..], &pixels.collect::<Vec<u8>>()].concat()
}

/// Place and sense of each, on a grid, moved by the seed.
fn minutiae(seed: u64, count: usize) -> Vec<[f64; 3]> {
    let mut state = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = move |most: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        (state % most) as f64
    };
    (0..count)
        .map(|n| {
            let (column, row) = ((n % 4) as f64, (n / 4) as f64);
            [60.0 + 60.0 * column + draw(40), 70.0 + 45.0 * row + draw(30), if draw(2) > 0.5 { 1.0 } else { -1.0 }]
        })
        .collect()
}
