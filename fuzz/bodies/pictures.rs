//! Pictures from outside: PNG, JPEG, BMP, JPEG 2000 by safe decoders within bounds; and what is made of them.

use ektp::lds::inspect;
use ektp::record::{Picture, picture::Purpose};

pub fn run(data: &[u8]) {
    let Ok(picture) = Picture::decode(data) else { return };
    let pixels = picture.width as usize * picture.height as usize * usize::from(picture.channels);
    assert_eq!(picture.pixels.len(), pixels, "as many bytes as the size says");
    let _ = inspect::png(data);
    for purpose in [Purpose::Portrait, Purpose::Signature] {
        let _ = Picture::read(data, purpose);
    }
}
