//! ISO/IEC 19794-4:2011 clause 8: each representation with its own capture, quality and sampling.

use super::edition_2005::{depth_and_compression, unit, write_resolutions};
use super::{
    Capture, ImageEdition, ImageRecord, ImageRecordError as Error, ImageView, MAGIC, MOST_VIEWS, QualityBlock, Sampling,
};
use crate::finger::bytes::Bytes;

const EDITION: ImageEdition = ImageEdition::Iso2011;

pub(super) fn parse(bytes: &[u8]) -> Result<ImageRecord, Error> {
    let mut r = Bytes::new(bytes);
    r.take(8)?;
    let declared = r.length()?;
    if declared != bytes.len() {
        return Err(Error::LengthMismatch { offset: 8, declared: declared as u64, actual: bytes.len() });
    }
    let count = usize::from(r.u16()?);
    if !(1..=MOST_VIEWS).contains(&count) {
        return Err(Error::OutOfRange { field: "number of representations", offset: 12 });
    }
    let has_certifications = match r.u8()? {
        0 => false,
        1 => true,
        _ => return Err(Error::OutOfRange { field: "certification flag", offset: 14 }),
    };
    let fingers = r.u8()?;
    let views = (0..count).map(|_| representation(&mut r, has_certifications)).collect::<Result<_, _>>()?;
    if !r.is_empty() {
        return Err(Error::OutOfRange { field: "number of representations", offset: 12 });
    }
    Ok(ImageRecord { edition: EDITION, device: 0, acquisition_level: 0, fingers, has_certifications, views })
}

fn representation(r: &mut Bytes<'_>, has_certifications: bool) -> Result<ImageView, Error> {
    let start = r.at();
    let declared = r.length()?;
    let mut time = [0; 9];
    time.copy_from_slice(r.take(9)?);
    let capture = Capture { time, technology: r.u8()?, vendor: r.u16()?, device: r.u16()? };
    let blocks = r.u8()?;
    let qualities: Vec<QualityBlock> = (0..blocks)
        .map(|_| Ok(QualityBlock { value: r.u8()?, vendor: r.u16()?, algorithm: r.u16()? }))
        .collect::<Result<_, Error>>()?;
    let blocks = if has_certifications { r.u8()? } else { 0 };
    let certifications = (0..blocks).map(|_| Ok((r.u16()?, r.u8()?))).collect::<Result<_, Error>>()?;
    let (position, number, unit) = (r.u8()?, r.u8()?, unit(r)?);
    let (scanned, image) = ((r.u16()?, r.u16()?), (r.u16()?, r.u16()?));
    let (depth, compression) = depth_and_compression(r, EDITION)?;
    let (impression, width, height) = (r.u8()?, r.u16()?, r.u16()?);
    let length = r.length()?;
    let data = r.take(length)?.to_vec();
    let rest = declared.checked_sub(r.at() - start);
    let rest = rest.ok_or(Error::LengthMismatch { offset: start, declared: declared as u64, actual: r.at() - start })?;
    Ok(ImageView {
        position,
        count: 1,
        number,
        quality: qualities.first().map_or(254, |q| q.value),
        impression,
        width,
        height,
        sampling: Sampling { unit, scanned, image, depth, compression },
        capture,
        qualities,
        certifications,
        image: data,
        extended: r.take(rest)?.to_vec(),
    })
}

pub(super) fn encode(record: &ImageRecord) -> Result<Vec<u8>, Error> {
    let count = u16::try_from(record.views.len()).map_err(|_| Error::Count { what: "views" })?;
    let mut out = [MAGIC.as_slice(), b"020\0", &[0; 4], &count.to_be_bytes()].concat();
    out.extend_from_slice(&[record.has_certifications.into(), record.fingers]);
    for view in &record.views {
        write_representation(view, record.has_certifications, &mut out)?;
    }
    set_length(&mut out, 8, 0)?;
    Ok(out)
}

fn write_representation(view: &ImageView, has_certifications: bool, out: &mut Vec<u8>) -> Result<(), Error> {
    let start = out.len();
    let count = |n: usize, what: &'static str| u8::try_from(n).map_err(|_| Error::Count { what });
    out.extend_from_slice(&[0; 4]);
    out.extend_from_slice(&view.capture.time);
    out.push(view.capture.technology);
    out.extend_from_slice(&view.capture.vendor.to_be_bytes());
    out.extend_from_slice(&view.capture.device.to_be_bytes());
    out.push(count(view.qualities.len(), "quality blocks")?);
    for q in &view.qualities {
        out.push(q.value);
        out.extend([q.vendor, q.algorithm].iter().flat_map(|v| v.to_be_bytes()));
    }
    if has_certifications {
        out.push(count(view.certifications.len(), "certification blocks")?);
        for (authority, scheme) in &view.certifications {
            out.extend_from_slice(&authority.to_be_bytes());
            out.push(*scheme);
        }
    } else if !view.certifications.is_empty() {
        return Err(Error::Count { what: "certification blocks" });
    }
    let sampling = &view.sampling;
    out.extend_from_slice(&[view.position, view.number, sampling.unit]);
    write_resolutions(sampling, out);
    out.extend_from_slice(&[sampling.depth, sampling.compression.code(EDITION), view.impression]);
    out.extend([view.width, view.height].iter().flat_map(|v| v.to_be_bytes()));
    let length = u32::try_from(view.image.len()).map_err(|_| Error::Count { what: "bytes" })?;
    out.extend_from_slice(&length.to_be_bytes());
    out.extend_from_slice(&view.image);
    out.extend_from_slice(&view.extended);
    set_length(out, start, start)
}

/// Writes the length of what begins at `start` into the four bytes at `place`.
fn set_length(out: &mut [u8], place: usize, start: usize) -> Result<(), Error> {
    let length = u32::try_from(out.len() - start).map_err(|_| Error::Count { what: "bytes" })?;
    if let Some(bytes) = out.get_mut(place..place + 4) {
        bytes.copy_from_slice(&length.to_be_bytes());
    }
    Ok(())
}
