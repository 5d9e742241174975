//! Templates as the verbs of fingers take them: any record of ISO and ANSI, a card format, one finger of EF.Fingers.

use crate::cli::output::Failure;
use crate::finger::position::FingerPosition;
use crate::finger::template::{Flaw, Record, RecordFormat, Template, parse_card_compact, parse_card_normal};
use crate::lds::biometric_data::BiometricData;
use crate::lds::fingers;
use crate::reason::Reason;

/// Card formats, which do not say what they are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum CardFormat {
    /// Three bytes a minutia
    CardCompact,
    /// Five bytes a minutia
    CardNormal,
}

/// A template that was read.
pub struct Source {
    /// Its format, e.g. `iso-2005` or `ef-fingers`.
    pub format: &'static str,
    /// Its content.
    pub record: Record,
    /// What was wrong with it and was mended.
    pub flaws: Vec<Flaw>,
}

/// How a template is to be read.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    /// The card format of minutiae without a header.
    pub from: Option<CardFormat>,
    /// The finger that is meant.
    pub position: Option<FingerPosition>,
    /// Whether wrong lengths of known writers are mended.
    pub repair: bool,
}

impl Reading {
    /// Whether the bytes are a template and not an image: what has a header says so itself, what has none is as long as minutiae of the
    /// card format that was named can be.
    #[must_use]
    pub fn is_template(&self, bytes: &[u8]) -> bool {
        let starts = [&b"FMR\0"[..], &[0x7F, 0x61], &[0x7F, 0x2E], &[0x5F, 0x2E]];
        starts.iter().any(|start| bytes.starts_with(start)) || self.from.is_some_and(|card| bytes.len() <= card.longest())
    }

    /// Reads it.
    ///
    /// # Errors
    /// `template-invalid`, `no-finger-on-file`, `input-invalid` where one of several fingers is not named, `usage`.
    pub fn read(&self, bytes: &[u8]) -> Result<Source, Failure> {
        if bytes.starts_with(&[0x7F, 0x61]) {
            return Ok(whole("ef-fingers", &stored(bytes, self.position)?));
        }
        if !bytes.starts_with(b"FMR\0") {
            if let Some(card) = self.from {
                return card.read(bytes);
            }
            return Err(Failure::new(
                Reason::Usage,
                "a data object does not say its format: give --from card-compact or card-normal",
            ));
        }
        let (record, flaws) = if self.repair { Record::repair(bytes)? } else { (Record::parse(bytes)?, Vec::new()) };
        Ok(Source { format: record_name(record.format), record, flaws })
    }
}

impl CardFormat {
    /// Most bytes of its minutiae: 255 of three bytes, or of five.
    const fn longest(self) -> usize {
        match self {
            Self::CardCompact => 255 * 3,
            Self::CardNormal => 255 * 5,
        }
    }

    fn read(self, bytes: &[u8]) -> Result<Source, Failure> {
        let object = bytes.starts_with(&[0x7F, 0x2E]) || bytes.starts_with(&[0x5F, 0x2E]);
        let minutiae = if object { BiometricData::parse(bytes)?.minutiae()?.to_vec() } else { bytes.to_vec() };
        Ok(match self {
            Self::CardCompact => whole("card-compact", &parse_card_compact(&minutiae)?),
            Self::CardNormal => whole("card-normal", &parse_card_normal(&minutiae)?),
        })
    }
}

fn whole(format: &'static str, template: &Template) -> Source {
    Source { format, record: Record::of(template, RecordFormat::Iso2005), flaws: Vec::new() }
}

const fn record_name(format: RecordFormat) -> &'static str {
    match format {
        RecordFormat::Iso2005 => "iso-2005",
        RecordFormat::Iso2011 => "iso-2011",
        RecordFormat::Ansi2004 => "ansi-2004",
        RecordFormat::Ansi2007 => "ansi-2007",
        RecordFormat::Ansi2009 => "ansi-2009",
        RecordFormat::Ansi2009Am1 => "ansi-2009-am1",
    }
}

/// The finger of EF.Fingers that is asked for, or its only one.
fn stored(bytes: &[u8], position: Option<FingerPosition>) -> Result<Template, Failure> {
    let mut all = fingers::parse(bytes)?;
    all.retain(|finger| position.is_none_or(|p| p == finger.position));
    match all.len() {
        1 => all.pop().map(|finger| finger.template).ok_or_else(|| Failure::new(Reason::NoFingerOnFile, "no finger")),
        0 => Err(Failure::new(Reason::NoFingerOnFile, "the file holds no finger, or not the one asked for")),
        n => Err(Failure::new(Reason::InputInvalid, format!("the file holds {n} fingers: name one with --position"))),
    }
}
