//! Cutting the stream into STORE DATA commands that span data objects.

/// Default chunk: one ISO 14443-4 frame at FSC 256 with CID and Le, under level 33, in bytes.
pub const DEFAULT_CHUNK: usize = 223;
/// Largest chunk of a short command at level 33; for readers that `reader qualify` has timed, in bytes.
pub const LARGE_CHUNK: usize = 239;

/// Size of the chunks, 1 to 239 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChunkSize(usize);

impl ChunkSize {
    /// A size, if the short command can carry it.
    #[must_use]
    pub const fn new(bytes: usize) -> Option<Self> {
        if bytes == 0 || bytes > LARGE_CHUNK { None } else { Some(Self(bytes)) }
    }

    /// In bytes.
    #[must_use]
    pub const fn bytes(self) -> usize {
        self.0
    }

    /// Number of commands for `bytes` bytes.
    #[must_use]
    pub const fn commands(self, bytes: usize) -> usize {
        bytes.div_ceil(self.0)
    }
}

impl Default for ChunkSize {
    fn default() -> Self {
        Self(DEFAULT_CHUNK)
    }
}

/// A chunk of a pass.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Chunk<'a> {
    /// Its bytes.
    pub data: &'a [u8],
    /// Whether it ends the pass.
    pub last: bool,
}

/// The chunks of what is left of a pass after `done` bytes.
pub fn chunks(pass: &[u8], done: usize, size: ChunkSize) -> impl Iterator<Item = Chunk<'_>> {
    let rest = pass.get(done..).unwrap_or_default();
    let count = size.commands(rest.len());
    rest.chunks(size.bytes()).enumerate().map(move |(i, data)| Chunk { data, last: i + 1 == count })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_cover_the_rest_and_mark_the_last() {
        let pass: Vec<u8> = (0..=255).collect();
        let size = ChunkSize::new(100).expect("fits");
        for done in [0, 1, 56, 156, 255, 256, 300] {
            let all: Vec<Chunk<'_>> = chunks(&pass, done, size).collect();
            let joined: Vec<u8> = all.iter().flat_map(|c| c.data.iter().copied()).collect();
            assert_eq!(joined, pass.get(done..).unwrap_or_default());
            assert_eq!(all.iter().filter(|c| c.last).count(), usize::from(!all.is_empty()));
            assert!(all.last().is_none_or(|c| c.last));
        }
        assert_eq!(ChunkSize::default().bytes(), 223);
        assert_eq!((ChunkSize::new(0), ChunkSize::new(240)), (None, None));
    }
}
