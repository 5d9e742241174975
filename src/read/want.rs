//! What to read: everything, or only the groups that hold the fields asked for.

use crate::lds::file_id::FileId;
use std::collections::BTreeSet;

/// A field that a counter asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Field {
    /// Name in the machine readable zone, document number, dates, sex.
    Mrz,
    /// Full name.
    Name,
    /// NIK.
    Nik,
    /// Place of birth.
    BirthPlace,
    /// Address.
    Address,
    /// Issuing authority and date of issue.
    Issue,
    /// Religion, marital status, blood group, occupation, RT/RW.
    National,
    /// Portrait.
    Portrait,
    /// Signature.
    Signature,
    /// Finger templates, with the right to read them.
    Fingers,
}

impl Field {
    /// Every field by its name on the command line.
    pub const ALL: [(&'static str, Self); 10] = [
        ("mrz", Self::Mrz),
        ("name", Self::Name),
        ("nik", Self::Nik),
        ("birth-place", Self::BirthPlace),
        ("address", Self::Address),
        ("issue", Self::Issue),
        ("national", Self::National),
        ("portrait", Self::Portrait),
        ("signature", Self::Signature),
        ("fingers", Self::Fingers),
    ];

    /// The field of a name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(n, _)| *n == name).map(|(_, field)| *field)
    }

    /// The file that holds it.
    #[must_use]
    pub fn file(self) -> FileId {
        match self {
            Self::Mrz => FileId::Dg1,
            Self::Name | Self::Nik | Self::BirthPlace | Self::Address => FileId::Dg11,
            Self::Issue => FileId::Dg12,
            Self::National => FileId::Dg13,
            Self::Portrait => FileId::Dg2,
            Self::Signature => FileId::Dg7,
            Self::Fingers => FileId::Fingers,
        }
    }
}

/// What to read.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Want {
    /// Every file that EF.SOD lists, and EF.Fingers: the fewest commands for a whole verdict.
    #[default]
    Everything,
    /// Everything, and a look for groups that EF.SOD does not list: a command more for each. For whoever examines a suspect card; no
    /// terminal reads such a group, and one that EF.COM names is seen in any case.
    Inventory,
    /// Only the files that hold these fields, and what a verdict needs: DG13 (status index) and DG1 (validity) always;
    /// every other group is shown present by reading one byte of it.
    Fields(BTreeSet<Field>),
}

impl Want {
    /// Whether all of the card is read.
    #[must_use]
    pub fn all(&self) -> bool {
        matches!(self, Self::Everything | Self::Inventory)
    }

    /// Whether the whole of a file is read.
    #[must_use]
    pub fn whole(&self, file: FileId) -> bool {
        let needed = matches!(file, FileId::Sod | FileId::Dg14 | FileId::Dg15 | FileId::Dg1 | FileId::Dg13);
        match self {
            Self::Everything | Self::Inventory => true,
            Self::Fields(fields) => needed || fields.iter().any(|f| f.file() == file),
        }
    }

    /// Whether fingers are read, for which a terminal's right is needed.
    #[must_use]
    pub fn fingers(&self) -> bool {
        self.whole(FileId::Fingers)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_counter_reads_what_it_asks_for_and_what_a_verdict_needs() {
        let want = Want::Fields([Field::Portrait, Field::Nik].into());
        let whole: Vec<FileId> = FileId::ALL.into_iter().filter(|f| want.whole(*f)).collect();
        assert_eq!(whole, [FileId::Dg1, FileId::Dg2, FileId::Dg11, FileId::Dg13, FileId::Dg14, FileId::Dg15, FileId::Sod]);
        assert!(!want.fingers() && Want::Everything.fingers());
        for (name, field) in Field::ALL {
            assert_eq!(Field::from_name(name), Some(field));
        }
        assert_eq!(Field::from_name("religion"), None);
    }
}
