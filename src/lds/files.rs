//! The files of one card, in file table order.

use super::file_id::FileId;
use crate::crypto::hash::sha256;
use std::collections::BTreeMap;

/// Elementary files by their name. Iteration is in file table order (ascending DGI; EF.CVCA has no DGI).
#[derive(Clone, PartialEq, Eq, Default)]
pub struct CardFiles(pub BTreeMap<FileId, Vec<u8>>);

impl std::fmt::Debug for CardFiles {
    /// Sizes only: the content is personal.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_map().entries(self.0.iter().map(|(id, bytes)| (id.name(), bytes.len()))).finish()
    }
}

impl CardFiles {
    /// No files.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A file's bytes.
    #[must_use]
    pub fn get(&self, id: FileId) -> Option<&[u8]> {
        self.0.get(&id).map(Vec::as_slice)
    }

    /// Sets a file's bytes and returns those it had.
    pub fn insert(&mut self, id: FileId, bytes: Vec<u8>) -> Option<Vec<u8>> {
        self.0.insert(id, bytes)
    }

    /// Files in file table order.
    pub fn iter(&self) -> impl Iterator<Item = (FileId, &[u8])> {
        let mut files: Vec<(FileId, &[u8])> = self.0.iter().map(|(id, bytes)| (*id, bytes.as_slice())).collect();
        files.sort_by_key(|(id, _)| (*id == FileId::Cvca, id.dgi()));
        files.into_iter()
    }

    /// Data groups by their number, for the LDS security object.
    pub fn data_groups(&self) -> impl Iterator<Item = (u8, &[u8])> {
        self.iter().filter_map(|(id, bytes)| id.data_group().map(|n| (n, bytes)))
    }

    /// Bytes of all files together.
    #[must_use]
    pub fn total_len(&self) -> usize {
        self.0.values().map(Vec::len).sum()
    }

    /// The digest that COMMIT carries: SHA-256 over `DGI(2) ‖ length(4) ‖ content` in file table order
    /// (`specs/card-profile.md` 6.7). EF.CVCA, which the chip keeps, is not in it.
    #[must_use]
    pub fn commit_digest(&self) -> [u8; 32] {
        let mut all = Vec::with_capacity(self.total_len() + 8 * self.0.len());
        for (id, bytes) in self.iter().filter(|(id, _)| *id != FileId::Cvca) {
            let length = u32::try_from(bytes.len()).unwrap_or(u32::MAX);
            all.extend(id.dgi().to_be_bytes());
            all.extend(length.to_be_bytes());
            all.extend(bytes);
        }
        sha256(&all)
    }
}

impl FromIterator<(FileId, Vec<u8>)> for CardFiles {
    fn from_iter<T: IntoIterator<Item = (FileId, Vec<u8>)>>(iter: T) -> Self {
        Self(iter.into_iter().collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn order_and_commit_digest_follow_the_file_table() {
        let files: CardFiles =
            [(FileId::Com, vec![2]), (FileId::Cvca, vec![9]), (FileId::Dg1, vec![1]), (FileId::Fingers, vec![3])]
                .into_iter()
                .collect();
        let order: Vec<FileId> = files.iter().map(|(id, _)| id).collect();
        assert_eq!(order, [FileId::Dg1, FileId::Com, FileId::Fingers, FileId::Cvca]);
        let bytes = [1u8, 1, 0, 0, 0, 1, 1, 1, 0x1E, 0, 0, 0, 1, 2, 2, 1, 0, 0, 0, 1, 3];
        assert_eq!(files.commit_digest(), sha256(&bytes));
        assert_eq!(files.data_groups().count(), 1);
        assert!(!format!("{files:?}").contains('['));
    }
}
