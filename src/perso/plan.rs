//! The forecast of a personalization: APDUs and wire bytes, before a chip is touched.

use super::chunk::ChunkSize;
use crate::chip::scp03::Level;

/// Length of the response MAC on a good answer, in bytes.
const fn response_mac(level: Level) -> usize {
    match level {
        Level::CMac | Level::CMacCEnc => 0,
        _ => 8,
    }
}

/// What is known beforehand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Load {
    /// Bytes of pass 1.
    pub pass_one: usize,
    /// Bytes of pass 2.
    pub pass_two: usize,
    /// Whether the chip makes an Active Authentication key.
    pub aa: bool,
    /// Length of a coordinate of the chip's curve, in bytes.
    pub field_len: usize,
}

/// APDUs and wire bytes of one personalization, first tap and read-back apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Serialize)]
pub struct Forecast {
    /// Command APDUs.
    pub apdus: usize,
    /// Bytes of all commands, headers, MACs and padding included.
    pub sent_bytes: usize,
    /// Bytes of all responses, status words included.
    pub received_bytes: usize,
}

impl Forecast {
    fn plain(&mut self, data: usize, le: bool, answer: usize) {
        self.add(4 + if data == 0 { 0 } else { 1 + data } + usize::from(le), answer + 2);
    }

    fn wrapped(&mut self, level: Level, data: usize, answer: usize) {
        let le = answer > 0 || response_mac(level) > 0;
        let back = response_mac(level) + if level == Level::Full && answer > 0 { padded(answer) } else { answer };
        let body = if data == 0 { 0 } else { padded(data) } + 8;
        self.add(5 + body + usize::from(le), back + 2);
    }

    fn add(&mut self, sent: usize, received: usize) {
        self.apdus += 1;
        self.sent_bytes += sent;
        self.received_bytes += received;
    }

    /// SELECT, INITIALIZE UPDATE, EXTERNAL AUTHENTICATE.
    fn open(&mut self) {
        self.plain(6, false, 0);
        self.plain(8, true, 32);
        self.plain(16, false, 0);
    }

    /// Every byte on the wire.
    #[must_use]
    pub const fn wire_bytes(&self) -> usize {
        self.sent_bytes + self.received_bytes
    }
}

/// Length after ISO 9797-1 method 2 padding.
const fn padded(bytes: usize) -> usize {
    (bytes / 16 + 1) * 16
}

/// What a personalization of a blank with its chip-unique keys costs at the port.
#[must_use]
pub fn forecast(load: Load, level: Level, chunk: ChunkSize) -> Forecast {
    let mut f = Forecast::default();
    let point = 1 + 2 * load.field_len;
    f.open();
    f.wrapped(level, 0, 44); // GET STATUS: the probe
    f.wrapped(level, 0, 0); // PERSO_OPEN
    stream(&mut f, level, chunk, load.pass_one);
    f.wrapped(level, 0, 44); // GET STATUS: the chip's hash of pass 1
    for slot in [Some(0), load.aa.then_some(2 + 2 * load.field_len)].into_iter().flatten() {
        f.wrapped(level, 0, 0); // GENERATE KEY
        f.wrapped(level, 0, 5 + point); // GET PUBLIC KEY
        f.wrapped(level, 0, 18 + slot); // PROOF
    }
    stream(&mut f, level, chunk, load.pass_two);
    f.wrapped(level, 32, 0); // COMMIT
    f.open();
    f.wrapped(level, 0, 0); // LOCKED
    f
}

fn stream(f: &mut Forecast, level: Level, chunk: ChunkSize, bytes: usize) {
    let full = bytes / chunk.bytes();
    (0..full).for_each(|_| f.wrapped(level, chunk.bytes(), 0));
    if !bytes.is_multiple_of(chunk.bytes()) {
        f.wrapped(level, bytes % chunk.bytes(), 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Payload of 14 (15) files and what else the stream carries; the profile's chunk sizes.
    #[test]
    fn the_stream_meets_the_bounds_of_the_figures() {
        for (files, payload, aa, l03, l33) in [(14, 7_122, false, 1.23, 1.28), (15, 21_917, true, 1.13, 1.17)] {
            let pass_two = 386 + 1_581 + 10 + usize::from(aa) * 100;
            let load = Load { pass_one: payload + 5 * files - pass_two, pass_two, aa, field_len: 32 };
            for (level, bound) in [(Level::CMacCEnc, l03), (Level::Full, l33)] {
                let chunk = ChunkSize::new(239).expect("fits");
                let f = forecast(load, level, chunk);
                let most = (payload + 5 * files).div_ceil(239) + 16 + if aa { 3 } else { 0 };
                assert!(f.apdus <= most, "{} APDUs, at most {most}", f.apdus);
                #[allow(clippy::cast_precision_loss)]
                let ratio = f.wire_bytes() as f64 / payload as f64;
                assert!(ratio <= bound, "{ratio} at {level:?}");
            }
        }
    }
}
