//! The formats that the verbs of fingers write.

use crate::finger::template::{RecordFormat, TemplateFormat};

/// What can be written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Format {
    /// 8-bit grey PNG that states its resolution
    Png,
    /// ISO/IEC 19794-4:2005 finger image record
    #[value(name = "image-2005")]
    Image2005,
    /// ISO/IEC 19794-4:2011 finger image record
    #[value(name = "image-2011")]
    Image2011,
    /// ISO/IEC 19794-2:2005 finger minutiae record
    #[value(name = "iso-2005")]
    Iso2005,
    /// ISO/IEC 19794-2:2011 finger minutiae record
    #[value(name = "iso-2011")]
    Iso2011,
    /// ANSI INCITS 378-2004
    #[value(name = "ansi-2004")]
    Ansi2004,
    /// ANSI INCITS 378-2009
    #[value(name = "ansi-2009")]
    Ansi2009,
    /// ANSI INCITS 378-2009 amendment 1
    #[value(name = "ansi-2009-am1")]
    Ansi2009Am1,
    /// Card compact: three bytes a minutia
    CardCompact,
    /// Card normal: five bytes a minutia
    CardNormal,
    /// Card compact in a 7F2E data object
    CardCompactObject,
    /// Card normal in a 7F2E data object
    CardNormalObject,
}

/// How a template is written.
pub enum Target {
    /// A picture of the print.
    Image(Format),
    /// Minutiae, and whether they are wrapped in a data object.
    Template(TemplateFormat, bool),
}

impl Format {
    /// Reads the name of a format of templates, and offers no other.
    pub fn of_template() -> impl clap::builder::TypedValueParser<Value = Self> {
        use clap::ValueEnum as _;
        use clap::builder::{PossibleValuesParser, TypedValueParser as _};
        let templates = Self::value_variants().iter().filter(|f| matches!(f.target(), Target::Template(..)));
        PossibleValuesParser::new(templates.filter_map(Self::to_possible_value)).try_map(|name| Self::from_str(&name, false))
    }

    /// Its name on the command line.
    pub fn name(self) -> String {
        clap::ValueEnum::to_possible_value(&self).map(|v| v.get_name().to_owned()).unwrap_or_default()
    }

    /// What it is to the writers.
    pub fn target(self) -> Target {
        use TemplateFormat::{CardCompact, CardNormal, Record};
        match self {
            Self::Png | Self::Image2005 | Self::Image2011 => Target::Image(self),
            Self::Iso2005 => Target::Template(Record(RecordFormat::Iso2005), false),
            Self::Iso2011 => Target::Template(Record(RecordFormat::Iso2011), false),
            Self::Ansi2004 => Target::Template(Record(RecordFormat::Ansi2004), false),
            Self::Ansi2009 => Target::Template(Record(RecordFormat::Ansi2009), false),
            Self::Ansi2009Am1 => Target::Template(Record(RecordFormat::Ansi2009Am1), false),
            Self::CardCompact => Target::Template(CardCompact, false),
            Self::CardNormal => Target::Template(CardNormal, false),
            Self::CardCompactObject => Target::Template(CardCompact, true),
            Self::CardNormalObject => Target::Template(CardNormal, true),
        }
    }
}
