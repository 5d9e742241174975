//! ISO/IEC 19794-4:2005 clause 7: one header for all views.

use super::{Capture, Compression, ImageEdition, ImageRecord, ImageRecordError as Error, ImageView, MAGIC, MOST_VIEWS, Sampling};
use crate::finger::bytes::Bytes;

const VIEW_HEADER: usize = 14;

pub(super) fn parse(bytes: &[u8]) -> Result<ImageRecord, Error> {
    let mut r = Bytes::new(bytes);
    r.take(8)?;
    let declared = u64::from(r.u16()?) << 32 | u64::from(r.u32()?);
    if declared != u64::try_from(bytes.len()).unwrap_or(u64::MAX) {
        return Err(Error::LengthMismatch { offset: 8, declared, actual: bytes.len() });
    }
    let (device, acquisition_level, fingers) = (r.u16()?, r.u16()?, r.u8()?);
    let sampling = sampling(&mut r, ImageEdition::Iso2005)?;
    if r.u16()? != 0 {
        return Err(Error::OutOfRange { field: "reserved bytes", offset: 30 });
    }
    let mut views: Vec<ImageView> = Vec::new();
    while !r.is_empty() && views.len() <= MOST_VIEWS {
        views.push(view(&mut r, sampling)?);
    }
    let mut positions: Vec<u8> = views.iter().map(|v| v.position).collect();
    positions.sort_unstable();
    positions.dedup();
    // The standard counts fingers; writers are in use that count views.
    if views.is_empty() || ![positions.len(), views.len()].contains(&fingers.into()) {
        return Err(Error::OutOfRange { field: "number of fingers", offset: 18 });
    }
    if views.len() > MOST_VIEWS {
        return Err(Error::Count { what: "views" });
    }
    Ok(ImageRecord { edition: ImageEdition::Iso2005, device, acquisition_level, fingers, has_certifications: false, views })
}

/// Unit, both resolutions, depth and compression.
fn sampling(r: &mut Bytes<'_>, edition: ImageEdition) -> Result<Sampling, Error> {
    let unit = unit(r)?;
    let (scanned, image) = ((r.u16()?, r.u16()?), (r.u16()?, r.u16()?));
    let (depth, compression) = depth_and_compression(r, edition)?;
    Ok(Sampling { unit, scanned, image, depth, compression })
}

pub(super) fn unit(r: &mut Bytes<'_>) -> Result<u8, Error> {
    let offset = r.at();
    let unit = r.u8()?;
    if matches!(unit, 1 | 2) { Ok(unit) } else { Err(Error::OutOfRange { field: "unit of resolution", offset }) }
}

pub(super) fn depth_and_compression(r: &mut Bytes<'_>, edition: ImageEdition) -> Result<(u8, Compression), Error> {
    let offset = r.at();
    let depth = r.u8()?;
    if !(1..=16).contains(&depth) {
        return Err(Error::OutOfRange { field: "depth", offset });
    }
    let compression = Compression::from_code(r.u8()?, edition);
    Ok((depth, compression.ok_or(Error::OutOfRange { field: "compression", offset: offset + 1 })?))
}

fn view(r: &mut Bytes<'_>, sampling: Sampling) -> Result<ImageView, Error> {
    let offset = r.at();
    let declared = r.length()?;
    let length = declared.checked_sub(VIEW_HEADER).ok_or(Error::OutOfRange { field: "length of a view", offset })?;
    let (position, count, number) = (r.u8()?, r.u8()?, r.u8()?);
    let (quality, impression) = (r.u8()?, r.u8()?);
    let (width, height) = (r.u16()?, r.u16()?);
    if r.u8()? != 0 {
        return Err(Error::OutOfRange { field: "reserved byte", offset: offset + 13 });
    }
    Ok(ImageView {
        position,
        count,
        number,
        quality,
        impression,
        width,
        height,
        sampling,
        capture: Capture::default(),
        qualities: Vec::new(),
        certifications: Vec::new(),
        image: r.take(length)?.to_vec(),
        extended: Vec::new(),
    })
}

pub(super) fn encode(record: &ImageRecord) -> Result<Vec<u8>, Error> {
    let sampling = record.views.first().ok_or(Error::Count { what: "views" })?.sampling;
    if record.views.iter().any(|v| v.sampling != sampling) {
        return Err(Error::SamplingDiffers);
    }
    let mut out = [MAGIC.as_slice(), b"010\0", &[0; 6]].concat();
    out.extend_from_slice(&record.device.to_be_bytes());
    out.extend_from_slice(&record.acquisition_level.to_be_bytes());
    out.extend_from_slice(&[record.fingers, sampling.unit]);
    write_resolutions(&sampling, &mut out);
    out.extend_from_slice(&[sampling.depth, sampling.compression.code(ImageEdition::Iso2005), 0, 0]);
    for view in &record.views {
        let length = u32::try_from(view.image.len() + VIEW_HEADER).map_err(|_| Error::Count { what: "bytes" })?;
        out.extend_from_slice(&length.to_be_bytes());
        out.extend_from_slice(&[view.position, view.count, view.number, view.quality, view.impression]);
        out.extend_from_slice(&view.width.to_be_bytes());
        out.extend_from_slice(&view.height.to_be_bytes());
        out.push(0);
        out.extend_from_slice(&view.image);
    }
    let total = u64::try_from(out.len()).unwrap_or(u64::MAX).to_be_bytes();
    if let (Some(place), Some(six)) = (out.get_mut(8..14), total.get(2..)) {
        place.copy_from_slice(six);
    }
    Ok(out)
}

pub(super) fn write_resolutions(sampling: &Sampling, out: &mut Vec<u8>) {
    let ((a, b), (c, d)) = (sampling.scanned, sampling.image);
    out.extend([a, b, c, d].iter().flat_map(|v| v.to_be_bytes()));
}
