//! EF.CardAccess: the PACEInfo that a reader needs before anything is authenticated (Doc 9303-10 3.11.3).

use super::security_infos::{PaceInfo, SecurityInfo, SecurityInfos};
use super::tlv::TlvError;
use crate::crypto::ec::Curve;

/// EF.CardAccess of the profile: one PACEInfo. DG14 repeats it byte for byte.
#[must_use]
pub fn build(curve: Curve) -> Vec<u8> {
    SecurityInfos(vec![SecurityInfo::Pace(PaceInfo::ecdh_gm_aes_128(curve))]).encode()
}

/// Parses EF.CardAccess.
///
/// # Errors
/// Any [`TlvError`] of the structure.
pub fn parse(data: &[u8]) -> Result<SecurityInfos, TlvError> {
    SecurityInfos::parse(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_holds_one_pace_info_of_the_curve() {
        let bytes = build(Curve::P256);
        assert_eq!(bytes.len(), 22);
        assert_eq!(parse(&bytes).unwrap().pace().next().unwrap().curve(), Some(Curve::P256));
        assert!(parse(&bytes[..21]).is_err());
    }
}
