//! What is legal but odd in a record: an officer looks at it, nothing is refused.

use crate::reason::Lang;
use serde::Serialize;

/// A remark on one field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Warning {
    /// The field's path.
    pub path: &'static str,
    /// What is odd about it.
    pub kind: WarningKind,
}

/// What can be odd.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum WarningKind {
    /// The NIK's day and month are no date.
    NikDateImpossible,
    /// The NIK's date of birth is another than the record's.
    NikDateDiffers,
    /// The NIK's sex is another than the record's.
    NikSexDiffers,
    /// The NIK's district is in no table since 2016.
    NikRegionUnknown,
    /// The NIK is of the reserved region 99 or serial 0000: a specimen's, nobody's.
    NikReserved,
    /// A name of one word, as the rule before 2022 allowed.
    NameOneWord,
    /// A name longer than the 60 characters of the rule of 2022.
    NameLong,
    /// Punctuation in the name: of a title, or of a name older than the rule of 2022.
    NamePunctuation,
    /// A letter beyond A to Z in the name: the machine-readable zone transliterates it.
    NameNotAscii,
    /// A region code of the address that is in no table since 2016.
    RegionUnknown,
    /// A region code of the address that the newest table no longer has.
    RegionDead,
    /// A region's name is another than the table's for its code.
    RegionNameDiffers,
    /// Younger than 17 at issue and never married (UU 24/2013 art. 63).
    UnderSeventeen,
    /// A citizen's card with an end; since 2013 they are for life.
    CitizenExpires,
    /// A day of issue that is not yet.
    IssueAhead,
    /// A grey portrait.
    PortraitGrey,
    /// No finger for one of the hands.
    OneHand,
    /// No finger at all: the card is flagged, and its handover is manual.
    NoFinger,
}

impl WarningKind {
    /// The remark in words.
    #[must_use]
    pub const fn text(self, lang: Lang) -> &'static str {
        match lang {
            Lang::En => self.english(),
            Lang::Id => self.indonesian(),
        }
    }

    const fn english(self) -> &'static str {
        match self {
            Self::NikDateImpossible => "the NIK's day and month are no date",
            Self::NikDateDiffers => "the NIK holds another date of birth; the NIK stays as it is",
            Self::NikSexDiffers => "the NIK's day stands for the other sex; the NIK stays as it is",
            Self::NikRegionUnknown => "the NIK's district is in no region table since 2016",
            Self::NikReserved => "the NIK is reserved for specimens and is nobody's",
            Self::NameOneWord => "the name has one word, as the rule before 2022 allowed",
            Self::NameLong => "the name is longer than 60 characters",
            Self::NamePunctuation => "the name has punctuation",
            Self::NameNotAscii => "the name has a letter beyond A to Z; the machine-readable zone transliterates it",
            Self::RegionUnknown => "the code is in no region table since 2016",
            Self::RegionDead => "the newest region table no longer has this code",
            Self::RegionNameDiffers => "the region table has another name for this code",
            Self::UnderSeventeen => "younger than 17 at issue and never married",
            Self::CitizenExpires => "a citizen's card is for life since 2013",
            Self::IssueAhead => "the day of issue is not yet",
            Self::PortraitGrey => "the portrait is grey",
            Self::OneHand => "one hand gives no finger",
            Self::NoFinger => "no finger for the chip: handover is manual",
        }
    }

    const fn indonesian(self) -> &'static str {
        match self {
            Self::NikDateImpossible => "hari dan bulan dalam NIK bukan tanggal",
            Self::NikDateDiffers => "tanggal lahir dalam NIK berbeda; NIK tidak diubah",
            Self::NikSexDiffers => "hari dalam NIK menunjukkan jenis kelamin lain; NIK tidak diubah",
            Self::NikRegionUnknown => "kecamatan dalam NIK tidak ada di tabel wilayah sejak 2016",
            Self::NikReserved => "NIK ini khusus spesimen, bukan milik siapa pun",
            Self::NameOneWord => "nama satu kata, diperbolehkan sebelum aturan 2022",
            Self::NameLong => "nama lebih dari 60 huruf",
            Self::NamePunctuation => "nama memuat tanda baca",
            Self::NameNotAscii => "nama memuat huruf selain A sampai Z; zona baca mesin memakai alih aksara",
            Self::RegionUnknown => "kode tidak ada di tabel wilayah sejak 2016",
            Self::RegionDead => "kode tidak ada lagi di tabel wilayah terbaru",
            Self::RegionNameDiffers => "tabel wilayah memakai nama lain untuk kode ini",
            Self::UnderSeventeen => "belum 17 tahun saat terbit dan belum pernah kawin",
            Self::CitizenExpires => "KTP-el WNI berlaku seumur hidup sejak 2013",
            Self::IssueAhead => "tanggal terbit belum tiba",
            Self::PortraitGrey => "pas foto tidak berwarna",
            Self::OneHand => "satu tangan tanpa sidik jari",
            Self::NoFinger => "tanpa sidik jari: penyerahan dilakukan manual",
        }
    }
}
