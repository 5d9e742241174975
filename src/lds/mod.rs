//! What the chip holds: TLV, MRZ, data groups, SOD content, profiles and the size plan.

pub mod card_access;
pub mod com;
pub mod der;
pub mod dg1;
pub mod dg14;
pub mod dg15;
pub mod ec_public_key;
pub mod file_id;
pub mod files;
pub mod mrz;
pub mod mrz_name;
pub mod security_infos;
pub mod sod;
pub mod tlv;
