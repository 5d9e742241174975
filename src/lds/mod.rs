//! What the chip holds: TLV, MRZ, data groups, SOD content, profiles and the size plan.

pub mod atr_info;
pub mod biometric_data;
pub mod bit;
#[cfg(feature = "perso")]
pub mod build;
pub mod card_access;
pub mod cbeff;
pub mod com;
#[cfg(feature = "perso")]
pub mod content;
mod cursor;
pub mod cvca;
pub mod der;
pub mod dg1;
pub mod dg11;
pub mod dg12;
pub mod dg13;
pub mod dg14;
pub mod dg15;
pub mod dg2;
pub mod dg3;
pub mod dg7;
pub mod ec_public_key;
pub mod ef_dir;
pub mod face;
pub mod file_id;
pub mod files;
pub mod fingers;
#[cfg(feature = "perso")]
pub mod image;
pub mod inspect;
#[cfg(feature = "perso")]
pub mod jpeg;
#[cfg(feature = "perso")]
pub mod jpeg2000;
pub mod mrz;
pub mod mrz_name;
#[cfg(feature = "perso")]
pub mod numbers;
#[cfg(feature = "perso")]
pub mod plan;
#[cfg(feature = "perso")]
pub mod portrait;
#[cfg(feature = "perso")]
pub mod profile;
pub mod security_infos;
pub mod shown;
pub mod sod;
#[cfg(feature = "perso")]
pub mod ssim;
mod tag_list;
pub mod tlv;

#[cfg(test)]
#[path = "tests/resident.rs"]
pub(crate) mod resident;
#[cfg(test)]
#[path = "tests/specimen.rs"]
mod specimen_tests;
