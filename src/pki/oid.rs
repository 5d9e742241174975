//! The object identifiers of X.509, CMS and the card, in dotted form.

/// Prefix of our own purposes: under the enterprise number reserved for documentation (RFC 5612) until one is registered.
macro_rules! own {
    ($tail:literal) => {
        concat!("1.3.6.1.4.1.32473.1.", $tail)
    };
}

/// Extended key usage: signs authorizations.
pub const KP_APPROVER: &str = own!("1");
/// Extended key usage: opens sealed card images and batch files.
pub const KP_BUREAU: &str = own!("2");
/// Extended key usage: signs receipts.
pub const KP_RECEIPT: &str = own!("3");
/// Extended key usage: signs batch files.
pub const KP_BATCH: &str = own!("4");
/// Extended key usage: signs status lists (draft-ietf-oauth-status-list 11.1, id-kp-oauthStatusSigning has no number yet).
pub const KP_STATUS_LIST: &str = own!("5");
/// Extended key usage: opens the packets and letters of an office.
pub const KP_OFFICE: &str = own!("6");

/// Common name.
pub const CN: &str = "2.5.4.3";
/// Country.
pub const C: &str = "2.5.4.6";
/// Locality.
pub const L: &str = "2.5.4.7";
/// Organization.
pub const O: &str = "2.5.4.10";
/// Organizational unit.
pub const OU: &str = "2.5.4.11";
/// Serial number of a name.
pub const SERIAL_NUMBER: &str = "2.5.4.5";

/// Subject key identifier.
pub const CE_SKI: &str = "2.5.29.14";
/// Key usage.
pub const CE_KEY_USAGE: &str = "2.5.29.15";
/// Private key usage period.
pub const CE_PKUP: &str = "2.5.29.16";
/// Subject alternative name.
pub const CE_SAN: &str = "2.5.29.17";
/// Issuer alternative name.
pub const CE_IAN: &str = "2.5.29.18";
/// Basic constraints.
pub const CE_BASIC: &str = "2.5.29.19";
/// CRL number.
pub const CE_CRL_NUMBER: &str = "2.5.29.20";
/// CRL distribution points.
pub const CE_CRLDP: &str = "2.5.29.31";
/// Authority key identifier.
pub const CE_AKI: &str = "2.5.29.35";
/// Extended key usage.
pub const CE_EKU: &str = "2.5.29.37";
/// Certificate policies: read, never required.
pub const CE_POLICIES: &str = "2.5.29.32";
/// Document types that a DS may sign (Doc 9303-12 7.1.1.6).
pub const DOCUMENT_TYPE_LIST: &str = "2.23.136.1.1.6.2";

/// ecdsa-with-SHA1.
pub const ECDSA_SHA1: &str = "1.2.840.10045.4.1";
/// ecdsa-with-SHA224.
pub const ECDSA_SHA224: &str = "1.2.840.10045.4.3.1";
/// ecdsa-with-SHA256.
pub const ECDSA_SHA256: &str = "1.2.840.10045.4.3.2";
/// ecdsa-with-SHA384.
pub const ECDSA_SHA384: &str = "1.2.840.10045.4.3.3";
/// ecdsa-with-SHA512.
pub const ECDSA_SHA512: &str = "1.2.840.10045.4.3.4";
/// rsaEncryption.
pub const RSA: &str = "1.2.840.113549.1.1.1";
/// sha1WithRSAEncryption.
pub const RSA_SHA1: &str = "1.2.840.113549.1.1.5";
/// sha224WithRSAEncryption.
pub const RSA_SHA224: &str = "1.2.840.113549.1.1.14";
/// sha256WithRSAEncryption.
pub const RSA_SHA256: &str = "1.2.840.113549.1.1.11";
/// sha384WithRSAEncryption.
pub const RSA_SHA384: &str = "1.2.840.113549.1.1.12";
/// sha512WithRSAEncryption.
pub const RSA_SHA512: &str = "1.2.840.113549.1.1.13";
/// id-RSASSA-PSS.
pub const RSA_PSS: &str = "1.2.840.113549.1.1.10";
/// id-RSAES-OAEP.
pub const RSA_OAEP: &str = "1.2.840.113549.1.1.7";
/// id-mgf1.
pub const MGF1: &str = "1.2.840.113549.1.1.8";

/// id-data.
pub const DATA: &str = "1.2.840.113549.1.7.1";
/// id-signedData.
pub const SIGNED_DATA: &str = "1.2.840.113549.1.7.2";
/// id-ct-authEnvelopedData (RFC 5083).
pub const AUTH_ENVELOPED_DATA: &str = "1.2.840.113549.1.9.16.1.23";
/// Attribute contentType.
pub const CONTENT_TYPE: &str = "1.2.840.113549.1.9.3";
/// Attribute messageDigest.
pub const MESSAGE_DIGEST: &str = "1.2.840.113549.1.9.4";
/// Attribute signingTime.
pub const SIGNING_TIME: &str = "1.2.840.113549.1.9.5";
/// dhSinglePass-stdDH-sha256kdf-scheme (RFC 5753).
pub const STD_DH_SHA256_KDF: &str = "1.3.132.1.11.1";
/// id-aes256-wrap (RFC 3565).
pub const AES256_WRAP: &str = "2.16.840.1.101.3.4.1.45";
/// id-aes256-GCM (RFC 5084).
pub const AES256_GCM: &str = "2.16.840.1.101.3.4.1.46";
