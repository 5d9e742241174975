//! What people are told in their language of the facts of a PKI file; in the contract the facts keep their names.

use crate::reason::Lang;

/// The name of a fact.
pub(super) fn name(fact: &str, lang: Lang) -> String {
    let known = NAMES.iter().find(|(english, _)| lang == Lang::Id && *english == fact);
    known.map_or_else(|| fact.replace('_', " "), |(_, indonesian)| (*indonesian).to_owned())
}

/// What a file is.
pub(super) fn kind(kind: &'static str, lang: Lang) -> &'static str {
    let known = KINDS.iter().find(|(english, _)| lang == Lang::Id && *english == kind);
    known.map_or(kind, |(_, indonesian)| indonesian)
}

const NAMES: &[(&str, &str)] = &[
    ("accepted", "diterima"),
    ("active", "aktif"),
    ("anchor", "jangkar"),
    ("authority", "otoritas"),
    ("base", "dasar"),
    ("certificate", "sertifikat"),
    ("chain", "rantai"),
    ("changes", "perubahan"),
    ("country", "negara"),
    ("file", "berkas"),
    ("fingers", "sidik jari"),
    ("from", "sejak"),
    ("groups", "kelompok data"),
    ("holder", "pemegang"),
    ("holds_until", "berlaku hingga"),
    ("indices", "indeks"),
    ("is", "adalah"),
    ("issuer", "penerbit"),
    ("items", "isi"),
    ("key", "kunci"),
    ("kind", "jenis"),
    ("last_number", "nomor terakhir"),
    ("length", "panjang"),
    ("links", "sertifikat tautan"),
    ("list", "daftar"),
    ("made", "dibuat"),
    ("not_handed_over", "belum diserahkan"),
    ("number", "nomor"),
    ("operations", "akar operasi"),
    ("outer", "luar"),
    ("proof", "bukti"),
    ("reason", "alasan"),
    ("revocation", "pencabutan"),
    ("revocation_lists", "daftar pencabutan"),
    ("revoked", "dicabut"),
    ("role", "peran"),
    ("sample", "contoh"),
    ("serial", "nomor seri"),
    ("signed_at", "ditandatangani"),
    ("signer", "penanda tangan"),
    ("subject", "subjek"),
    ("suspended", "ditangguhkan"),
    ("until", "hingga"),
    ("wants", "yang kurang"),
    ("why", "sebab"),
];

const KINDS: &[(&str, &str)] = &[
    ("CV request", "permintaan CV"),
    ("certificate", "sertifikat"),
    ("certificate request", "permintaan sertifikat"),
    ("crl", "daftar pencabutan"),
    ("cv-certificate", "sertifikat CV"),
    ("cv-chain", "rantai CV"),
    ("cv-request", "permintaan CV"),
    ("ef-sod", "EF.SOD"),
    ("link", "sertifikat tautan"),
    ("operations", "akar operasi"),
    ("request", "permintaan sertifikat"),
    ("revocation-list", "daftar pencabutan"),
    ("status-delta", "delta daftar status"),
    ("status-list", "daftar status"),
    ("status-register", "register status"),
    ("trust-store", "gudang kepercayaan"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_have_names_in_both_languages() {
        assert_eq!([Lang::En, Lang::Id].map(|lang| name("holds_until", lang)), ["holds until", "berlaku hingga"]);
        assert_eq!([Lang::En, Lang::Id].map(|lang| name("sha256", lang)), ["sha256", "sha256"]);
        assert_eq!([Lang::En, Lang::Id].map(|lang| kind("trust-store", lang)), ["trust-store", "gudang kepercayaan"]);
        for table in [NAMES, KINDS] {
            assert!(table.is_sorted_by(|a, b| a.0 < b.0), "each once, in order");
        }
    }
}
