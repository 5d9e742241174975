//! Extended data of a view: ridge counts, cores and deltas, and what vendors add.

use super::reader::{Reader, from_two_degrees, to_two_degrees};
use super::{COORDINATE_MAX, RecordFormat, TemplateError};

const RIDGE_COUNTS: u16 = 1;
const SINGULAR_POINTS: u16 = 2;
/// In ANSI's count of cores or deltas: each has its angles.
const ANSI_WITH_ANGLES: u8 = 0x40;
/// In ISO's x of a core or delta: it has its angles.
const ISO_WITH_ANGLES: u16 = 0x4000;
/// Most cores, and most deltas: four bits.
const POINTS_MAX: u8 = 15;

/// One block of extended data.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Extension {
    /// How many ridges lie between two minutiae.
    RidgeCounts {
        /// How pairs were chosen: 0 not told, 1 four neighbours by quadrant, 2 eight by octant.
        method: u8,
        /// First minutia, second minutia, ridges between them.
        counts: Vec<[u8; 3]>,
    },
    /// Cores and deltas.
    SingularPoints {
        /// Cores.
        cores: Vec<Core>,
        /// Deltas.
        deltas: Vec<Delta>,
    },
    /// Any other block as it stands: zonal quality (code 3 of ISO) and vendors' blocks (codes from 0x0100).
    Other {
        /// Its code.
        code: u16,
        /// Its data.
        data: Vec<u8>,
    },
}

/// Where the innermost ridge turns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Core {
    /// Horizontal position in pixels.
    pub x: u16,
    /// Vertical position in pixels.
    pub y: u16,
    /// Direction in 1/256 of a turn, if told.
    pub angle: Option<u8>,
}

/// Where three systems of ridges meet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Delta {
    /// Horizontal position in pixels.
    pub x: u16,
    /// Vertical position in pixels.
    pub y: u16,
    /// The three directions in 1/256 of a turn, if told.
    pub angles: Option<[u8; 3]>,
}

impl RecordFormat {
    /// The blocks of a view's extended data in this format. Positions of errors count from the start of the data.
    ///
    /// # Errors
    /// [`TemplateError`] when lengths, counts or values do not agree.
    pub fn extensions(self, extended: &[u8]) -> Result<Vec<Extension>, TemplateError> {
        if self == Self::Iso2005 {
            // A block's length is that of its data; writers are in use that count the four bytes of its head too.
            let found = blocks(extended, 0).or_else(|error| blocks(extended, 4).map_err(|_| error));
            return found?.into_iter().map(|block| self.read(block)).collect();
        }
        blocks(extended, 4)?.into_iter().map(|block| self.read(block)).collect()
    }

    /// Extended data of these blocks.
    ///
    /// # Errors
    /// [`TemplateError::Count`] beyond 15 cores or deltas or 65,535 bytes.
    pub fn encode_extensions(self, extensions: &[Extension]) -> Result<Vec<u8>, TemplateError> {
        let mut out = Vec::new();
        for extension in extensions {
            let (code, data) = self.write(extension)?;
            let head = if self == Self::Iso2005 { 0 } else { 4 };
            let length = u16::try_from(data.len() + head).map_err(|_| TemplateError::Count { what: "extended bytes" })?;
            out.extend_from_slice(&code.to_be_bytes());
            out.extend_from_slice(&length.to_be_bytes());
            out.extend_from_slice(&data);
        }
        Ok(out)
    }

    /// How long the cores and deltas at the start of these bytes are by their content.
    pub(super) fn singular_length(self, body: &[u8]) -> Option<usize> {
        let mut r = Reader::new(body).ok()?;
        self.singular(&mut r).ok()?;
        Some(r.at())
    }

    const fn is_ansi(self) -> bool {
        !matches!(self, Self::Iso2005 | Self::Iso2011)
    }

    fn read(self, (code, data): (u16, &[u8])) -> Result<Extension, TemplateError> {
        let mut r = Reader::new(data)?;
        let extension = match code {
            RIDGE_COUNTS => {
                let method = r.u8()?;
                let (counts, rest) = data.get(1..).unwrap_or_default().as_chunks::<3>();
                if !rest.is_empty() {
                    return Err(TemplateError::OutOfRange { field: "ridge counts", offset: data.len() });
                }
                return Ok(Extension::RidgeCounts { method, counts: counts.to_vec() });
            }
            SINGULAR_POINTS => self.singular(&mut r)?,
            _ => return Ok(Extension::Other { code, data: data.to_vec() }),
        };
        r.end()?;
        Ok(extension)
    }

    fn singular(self, r: &mut Reader<'_>) -> Result<Extension, TemplateError> {
        Ok(Extension::SingularPoints {
            cores: self.points(r, |x, y, [angle]| Core { x, y, angle }, |a: [u8; 1]| a.map(Some), [None])?,
            deltas: self.points(r, |x, y, angles| Delta { x, y, angles }, Some, None)?,
        })
    }

    /// A count, then points of four bytes and `N` angles. ANSI flags the angles of all at the count, ISO each point's at its x.
    fn points<const N: usize, A: Copy, T>(
        self,
        r: &mut Reader<'_>,
        point: impl Fn(u16, u16, A) -> T,
        some: impl Fn([u8; N]) -> A,
        none: A,
    ) -> Result<Vec<T>, TemplateError> {
        let most = if self.is_ansi() { ANSI_WITH_ANGLES | POINTS_MAX } else { POINTS_MAX };
        let count = r.in_range("number of points", |v: u8| v & !most == 0, Reader::u8)?;
        let mut out = Vec::new();
        for _ in 0..count & POINTS_MAX {
            let flags = if self.is_ansi() { 0 } else { ISO_WITH_ANGLES };
            let x = r.in_range("point", |v: u16| v & !(COORDINATE_MAX | flags) == 0, Reader::u16)?;
            let y = r.in_range("point", |v: u16| v <= COORDINATE_MAX, Reader::u16)?;
            let has_angles = if self.is_ansi() { count & ANSI_WITH_ANGLES != 0 } else { x & ISO_WITH_ANGLES != 0 };
            let angles = if has_angles { some(self.angles(r)?) } else { none };
            out.push(point(x & COORDINATE_MAX, y, angles));
        }
        Ok(out)
    }

    fn angles<const N: usize>(self, r: &mut Reader<'_>) -> Result<[u8; N], TemplateError> {
        let mut out = [0; N];
        for angle in &mut out {
            let offset = r.at();
            let code = r.u8()?;
            let meant = if self.is_ansi() { from_two_degrees(code) } else { Some(code) };
            *angle = meant.ok_or(TemplateError::OutOfRange { field: "angle", offset })?;
        }
        Ok(out)
    }

    fn write(self, extension: &Extension) -> Result<(u16, Vec<u8>), TemplateError> {
        Ok(match extension {
            Extension::RidgeCounts { method, counts } => (RIDGE_COUNTS, [&[*method], counts.as_flattened()].concat()),
            Extension::Other { code, data } => (*code, data.clone()),
            Extension::SingularPoints { cores, deltas } => {
                let cores: Vec<Point<1>> = cores.iter().map(|c| (c.x, c.y, c.angle.map(|a| [a]))).collect();
                let deltas: Vec<Point<3>> = deltas.iter().map(|d| (d.x, d.y, d.angles)).collect();
                (SINGULAR_POINTS, [self.write_points(&cores)?, self.write_points(&deltas)?].concat())
            }
        })
    }

    fn write_points<const N: usize>(self, points: &[Point<N>]) -> Result<Vec<u8>, TemplateError> {
        let count = u8::try_from(points.len()).ok().filter(|n| *n <= POINTS_MAX);
        let count = count.ok_or(TemplateError::Count { what: "cores or deltas" })?;
        // ANSI has angles for all or for none.
        let all = !points.is_empty() && points.iter().all(|(.., angles)| angles.is_some());
        let mut out = vec![if self.is_ansi() && all { count | ANSI_WITH_ANGLES } else { count }];
        for (x, y, angles) in points {
            let angles = angles.filter(|_| all || !self.is_ansi());
            let flag = if angles.is_some() && !self.is_ansi() { ISO_WITH_ANGLES } else { 0 };
            out.extend_from_slice(&((x & COORDINATE_MAX) | flag).to_be_bytes());
            out.extend_from_slice(&(y & COORDINATE_MAX).to_be_bytes());
            let code = |a: u8| if self.is_ansi() { to_two_degrees(a) } else { a };
            out.extend(angles.into_iter().flatten().map(code));
        }
        Ok(out)
    }
}

type Point<const N: usize> = (u16, u16, Option<[u8; N]>);

/// Code and data of each block; `head` is how much of a block's head its length counts.
fn blocks(extended: &[u8], head: usize) -> Result<Vec<(u16, &[u8])>, TemplateError> {
    let mut r = Reader::new(extended)?;
    let mut out = Vec::new();
    while r.end().is_err() {
        let code = r.u16()?;
        let offset = r.at();
        let length = usize::from(r.u16()?).checked_sub(head);
        out.push((code, r.take(length.ok_or(TemplateError::OutOfRange { field: "length of extended data", offset })?)?));
    }
    Ok(out)
}

#[cfg(test)]
mod tests;
