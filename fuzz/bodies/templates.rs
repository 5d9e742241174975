//! Finger templates in every format that is read.

use ektp::finger::template;

pub fn run(data: &[u8]) {
    if let Ok(read) = template::parse_record_2005(data)
        && let Ok(written) = template::encode_record_2005(&read)
    {
        assert_eq!(template::parse_record_2005(&written).as_ref(), Ok(&read));
    }
    let _ = template::parse_card_compact(data);
    let _ = template::parse_card_normal(data);
}
