//! The chip's files by their standard names, with tag, identifiers and place (Doc 9303-10; specs/card-profile.md 2).

/// An elementary file of the card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum FileId {
    /// Machine readable zone.
    Dg1,
    /// Portrait.
    Dg2,
    /// Finger images (optional).
    Dg3,
    /// Signature image.
    Dg7,
    /// Additional personal details.
    Dg11,
    /// Additional document details.
    Dg12,
    /// National elements.
    Dg13,
    /// Security infos.
    Dg14,
    /// Active Authentication public key.
    Dg15,
    /// Document security object.
    Sod,
    /// Common data.
    Com,
    /// Trust points for Terminal Authentication, kept by the chip.
    Cvca,
    /// Two finger templates, in the national DF.
    Fingers,
    /// Buffer sizes, in the MF.
    AtrInfo,
    /// PACE infos, in the MF.
    CardAccess,
    /// Applications on the chip, in the MF.
    Dir,
}

/// The application or directory that a file is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Application {
    /// Master file.
    Mf,
    /// LDS1 eMRTD application.
    Lds1,
    /// National application.
    National,
}

impl Application {
    /// Its application identifier; none for the MF.
    #[must_use]
    pub fn aid(self) -> Option<&'static [u8]> {
        match self {
            Self::Mf => None,
            Self::Lds1 => Some(&[0xA0, 0x00, 0x00, 0x02, 0x47, 0x10, 0x01]),
            Self::National => Some(&[0xF0, 0x45, 0x4B, 0x54, 0x50, 0x01]),
        }
    }
}

struct Row {
    name: &'static str,
    dgi: u16,
    fid: u16,
    tag: Option<u32>,
}

impl FileId {
    /// Every file, in file table order (ascending DGI); EF.CVCA, which has no DGI, last.
    pub const ALL: [Self; 16] = [
        Self::Dg1,
        Self::Dg2,
        Self::Dg3,
        Self::Dg7,
        Self::Dg11,
        Self::Dg12,
        Self::Dg13,
        Self::Dg14,
        Self::Dg15,
        Self::Sod,
        Self::Com,
        Self::Fingers,
        Self::AtrInfo,
        Self::CardAccess,
        Self::Dir,
        Self::Cvca,
    ];

    const fn row(self) -> Row {
        let (name, dgi, fid, tag) = match self {
            Self::Dg1 => ("DG1", 0x0101, 0x0101, Some(0x61)),
            Self::Dg2 => ("DG2", 0x0102, 0x0102, Some(0x75)),
            Self::Dg3 => ("DG3", 0x0103, 0x0103, Some(0x63)),
            Self::Dg7 => ("DG7", 0x0107, 0x0107, Some(0x67)),
            Self::Dg11 => ("DG11", 0x010B, 0x010B, Some(0x6B)),
            Self::Dg12 => ("DG12", 0x010C, 0x010C, Some(0x6C)),
            Self::Dg13 => ("DG13", 0x010D, 0x010D, Some(0x6D)),
            Self::Dg14 => ("DG14", 0x010E, 0x010E, Some(0x6E)),
            Self::Dg15 => ("DG15", 0x010F, 0x010F, Some(0x6F)),
            Self::Sod => ("EF.SOD", 0x011D, 0x011D, Some(0x77)),
            Self::Com => ("EF.COM", 0x011E, 0x011E, Some(0x60)),
            Self::Cvca => ("EF.CVCA", 0x011C, 0x011C, None),
            Self::Fingers => ("EF.Fingers", 0x0201, 0x0101, Some(0x7F61)),
            Self::AtrInfo => ("EF.ATR/INFO", 0x3F01, 0x2F01, None),
            Self::CardAccess => ("EF.CardAccess", 0x3F1C, 0x011C, Some(0x31)),
            Self::Dir => ("EF.DIR", 0x3F1E, 0x2F00, Some(0x61)),
        };
        Row { name, dgi, fid, tag }
    }

    /// Its standard name, e.g. `DG11` or `EF.SOD`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The file of a standard name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.name().eq_ignore_ascii_case(name))
    }

    /// Its identifier in the personalization stream: application byte and short file identifier.
    #[must_use]
    pub const fn dgi(self) -> u16 {
        self.row().dgi
    }

    /// The file of a DGI; EF.CVCA has none.
    #[must_use]
    pub fn from_dgi(dgi: u16) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.dgi() == dgi && *f != Self::Cvca)
    }

    /// Its file identifier.
    #[must_use]
    pub const fn fid(self) -> u16 {
        self.row().fid
    }

    /// Its short file identifier.
    #[must_use]
    pub const fn sfi(self) -> u8 {
        self.row().dgi.to_be_bytes()[1]
    }

    /// Its outermost tag, if it is one TLV object.
    #[must_use]
    pub const fn tag(self) -> Option<u32> {
        self.row().tag
    }

    /// Where it is.
    #[must_use]
    pub const fn application(self) -> Application {
        match self.row().dgi.to_be_bytes()[0] {
            0x01 => Application::Lds1,
            0x02 => Application::National,
            _ => Application::Mf,
        }
    }

    /// Its data group number, 1 to 16, if it is a data group.
    #[must_use]
    pub fn data_group(self) -> Option<u8> {
        let number = self.sfi();
        (self.application() == Application::Lds1 && (1..=16).contains(&number)).then_some(number)
    }

    /// The data group of a number.
    #[must_use]
    pub fn from_data_group(number: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|f| f.data_group() == Some(number))
    }
}

impl std::fmt::Display for FileId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.name())
    }
}

impl serde::Serialize for FileId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.name())
    }
}

impl<'de> serde::Deserialize<'de> for FileId {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let name = <std::borrow::Cow<'de, str>>::deserialize(deserializer)?;
        Self::from_name(&name).ok_or_else(|| serde::de::Error::custom("unknown file name"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_file_table_order_and_reads_back() {
        let dgis: Vec<u16> = FileId::ALL.iter().filter(|f| **f != FileId::Cvca).map(|f| f.dgi()).collect();
        assert!(dgis.is_sorted());
        for file in FileId::ALL {
            assert_eq!(FileId::from_name(file.name()), Some(file));
        }
        assert_eq!(FileId::from_data_group(11), Some(FileId::Dg11));
        assert_eq!(FileId::from_dgi(0x011C), None);
        assert_eq!(FileId::CardAccess.application(), Application::Mf);
    }
}
