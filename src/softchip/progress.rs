//! How far the personalization stream has come: a record in persistent memory that every chunk replaces at once.

use super::layout::STREAM;
use super::nvm::Halt;
use super::store::Store;
use sha2::Digest;
use sha2::digest::common::hazmat::{SerializableState, SerializedState};

/// Bytes of a DGI's header in its long form.
pub(super) const HEADER: usize = 5;
/// The control DGIs 8001 to 8006, each with a bit in [`Progress::passed`].
pub(super) const CONTROLS: std::ops::RangeInclusive<u16> = 0x8001..=0x8006;

/// The stream so far.
#[derive(Clone)]
pub(super) struct Progress {
    /// High-water mark: bytes of the stream so far.
    pub(super) mark: u32,
    /// The part of the next header that has come.
    pub(super) header: Vec<u8>,
    /// The DGI whose data are coming.
    pub(super) dgi: Option<u16>,
    /// Its announced length.
    pub(super) declared: usize,
    /// How much of it has come.
    pub(super) got: usize,
    /// Control DGIs that are whole: bit 0 for 8001.
    pub(super) passed: u8,
    /// SHA-256 over the stream so far.
    pub(super) hash: sha2::Sha256,
}

impl Progress {
    /// From persistent memory.
    pub(super) fn load(store: &Store) -> Self {
        let record = store.get(STREAM);
        let (fixed, hash) = record.split_first_chunk::<19>().unwrap_or((&[0; 19], &[]));
        let &[m1, m2, m3, m4, count, h1, h2, h3, h4, h5, d1, d2, l1, l2, l3, g1, g2, g3, passed] = fixed;
        let header = [h1, h2, h3, h4, h5].into_iter().take(usize::from(count)).collect();
        let dgi = u16::from_be_bytes([d1, d2]);
        let mark = u32::from_be_bytes([m1, m2, m3, m4]);
        let number = |b: [u8; 3]| usize::from(b[0]) << 16 | usize::from(b[1]) << 8 | usize::from(b[2]);
        Self {
            mark,
            header,
            dgi: (dgi != 0).then_some(dgi),
            declared: number([l1, l2, l3]),
            got: number([g1, g2, g3]),
            passed,
            hash: if mark == 0 { sha2::Sha256::new() } else { restore(hash) },
        }
    }

    /// Into persistent memory, inside a transaction.
    pub(super) fn save(&self, store: &mut Store) -> Result<(), Halt> {
        let mut record = self.mark.to_be_bytes().to_vec();
        record.push(u8::try_from(self.header.len()).map_err(|_| Halt::Full)?);
        record.extend(self.header.iter().copied().chain([0; HEADER]).take(HEADER));
        record.extend(self.dgi.unwrap_or(0).to_be_bytes());
        for count in [self.declared, self.got] {
            let bytes = u32::try_from(count).map_err(|_| Halt::Full)?.to_be_bytes();
            record.extend(bytes.into_iter().skip(1));
        }
        record.push(self.passed);
        record.extend(self.hash.serialize().iter());
        store.set(STREAM, &record)
    }

    /// Whether a control DGI is whole.
    pub(super) fn has(&self, control: u16) -> bool {
        self.passed & bit(control) != 0
    }

    /// Notes that a control DGI is whole.
    pub(super) fn note(&mut self, control: u16) {
        self.passed |= bit(control);
    }

    /// Whether a control DGI that comes after `control` is whole already.
    pub(super) fn is_past(&self, control: u16) -> bool {
        self.passed >= bit(control)
    }

    /// SHA-256 over the stream so far.
    pub(super) fn digest(&self) -> [u8; 32] {
        self.hash.clone().finalize().into()
    }
}

fn bit(control: u16) -> u8 {
    if CONTROLS.contains(&control) { 1 << (control - CONTROLS.start()) } else { 0 }
}

fn restore(bytes: &[u8]) -> sha2::Sha256 {
    let state = SerializedState::<sha2::Sha256>::try_from(bytes).ok();
    state.and_then(|s| sha2::Sha256::deserialize(&s).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_record_comes_back_with_its_hash() {
        let mut store = Store::blank([0; 10], 8_192);
        let mut progress = Progress::load(&store);
        assert_eq!(progress.digest(), crate::crypto::hash::sha256(b""));
        progress.mark = 0x0102_0304;
        progress.header = vec![1, 2, 0xFF];
        progress.dgi = Some(0x0102);
        progress.declared = 0x01_0203;
        progress.got = 0x04_0506;
        progress.note(0x8001);
        progress.note(0x8003);
        progress.hash.update([0x5A; 100]);
        store.atomically(|s| progress.save(s)).unwrap();
        let mut again = Progress::load(&store);
        assert_eq!((again.mark, &again.header[..], again.dgi), (0x0102_0304, &[1, 2, 0xFF][..], Some(0x0102)));
        assert_eq!((again.declared, again.got), (0x01_0203, 0x04_0506));
        assert!(again.has(0x8001) && !again.has(0x8002) && again.has(0x8003));
        assert!(again.is_past(0x8002) && !again.is_past(0x8004));
        again.hash.update([0xA5; 100]);
        assert_eq!(again.digest(), crate::crypto::hash::sha256(&[[0x5A; 100], [0xA5; 100]].concat()));
    }
}
