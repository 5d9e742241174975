//! WSQ pictures.

use ektp::finger::image::wsq;

pub fn run(data: &[u8]) {
    if let Ok(picture) = wsq::decode(data) {
        assert_eq!(picture.pixels.len() as u64, u64::from(picture.width) * u64::from(picture.height));
    }
}
