//! What the chip holds: TLV, MRZ, data groups, SOD content, profiles and the size plan.

pub mod file_id;
pub mod tlv;
