//! Which file of a card a file of a directory is: by name as different tools write it, settled by the first tag.

use super::super::file_id::FileId;
use super::super::tlv::Reader;

/// The file of a card that a directory's file is, if any: `ef0101.bin`, `EF_DG1.bin`, `DG1`, `EF.SOD`, `0102`, …
#[must_use]
pub fn identify(name: &str, bytes: &[u8]) -> Option<FileId> {
    let stem = name.rsplit(['/', '\\']).next()?;
    let stem = stem.strip_suffix(".bin").or_else(|| stem.strip_suffix(".BIN")).unwrap_or(stem);
    let plain: String = stem.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
    let core = plain.strip_prefix("EF").unwrap_or(&plain);
    let by_name = FileId::ALL.into_iter().find(|f| {
        let own: String = f.name().chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_uppercase();
        own.strip_prefix("EF").unwrap_or(&own) == core || core == format!("DATAGROUP{}", f.data_group().unwrap_or(0))
    });
    by_name.or_else(|| by_identifier(core, bytes))
}

/// By file identifier. 0101, 011C and 011D name two files each: the first tag tells which.
fn by_identifier(core: &str, bytes: &[u8]) -> Option<FileId> {
    if core.len() != 4 {
        return None;
    }
    let fid = u16::from_str_radix(core, 16).ok()?;
    let tag = Reader::new(bytes).peek_tag().ok();
    let mut candidates = FileId::ALL.into_iter().filter(|f| f.fid() == fid);
    let first = candidates.clone().next();
    candidates.find(|f| f.tag().or(Some(0x42)) == tag).or(first)
}
