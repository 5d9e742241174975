//! What `card inspect` calls the parts of a card in Indonesian. In the contract they keep their English names.

use crate::lds::inspect::Node;

/// The tree with Indonesian names; a name that is a term of its own, e.g. `EF.SOD`, stays.
pub(super) fn in_indonesian(node: &Node) -> Node {
    let children = node.children.iter().map(in_indonesian).collect();
    Node { label: word(&node.label), children, ..node.clone() }
}

fn word(label: &str) -> String {
    if let Some(password) = label.strip_prefix("password ") {
        return format!("sandi {password}");
    }
    let known = WORDS.iter().find(|(english, _)| *english == label);
    known.map_or(label, |(_, indonesian)| indonesian).to_owned()
}

/// English and Indonesian names.
const WORDS: &[(&str, &str)] = &[
    ("CMS message", "pesan CMS"),
    ("LDS version", "versi LDS"),
    ("SHA-256 of EF.Fingers", "SHA-256 dari EF.Fingers"),
    ("Unicode version", "versi Unicode"),
    ("application", "aplikasi"),
    ("blood type", "golongan darah"),
    ("card", "kartu"),
    ("card image", "citra kartu"),
    ("check digit", "angka pemeriksa"),
    ("check digits", "angka pemeriksa"),
    ("command chaining", "perangkaian perintah"),
    ("data groups", "kelompok data"),
    ("date of birth (YYMMDD)", "tanggal lahir (TTBBHH)"),
    ("date of expiry (YYMMDD)", "tanggal berakhir (TTBBHH)"),
    ("document code", "kode dokumen"),
    ("document number", "nomor dokumen"),
    ("domain parameters", "parameter domain"),
    ("encoding", "penyandian"),
    ("exponent", "eksponen"),
    ("extended length", "panjang diperluas"),
    ("face", "wajah"),
    ("family card number", "nomor kartu keluarga"),
    ("feature points", "titik ciri"),
    ("files", "berkas"),
    ("finger on chip", "jari di cip"),
    ("finger passed over", "jari yang dilewati"),
    ("fingers", "jari"),
    ("hash", "nilai hash"),
    ("hash function", "fungsi hash"),
    ("hashes against EF.SOD (signature not verified)", "nilai hash dibandingkan EF.SOD (tanda tangan tidak diperiksa)"),
    ("header", "kepala"),
    ("issuing state", "negara penerbit"),
    ("job", "pekerjaan"),
    ("key identifier", "pengenal kunci"),
    ("kind", "jenis"),
    ("line", "baris"),
    ("machine readable zone", "zona baca mesin"),
    ("manifest digest", "sidik manifes"),
    ("more", "selebihnya"),
    ("name", "nama"),
    ("name, primary", "nama, utama"),
    ("name, secondary", "nama, kedua"),
    ("nationality", "kewarganegaraan"),
    ("not readable", "tidak terbaca"),
    ("occupation", "pekerjaan pemegang"),
    ("optional data 1", "data opsional 1"),
    ("optional data 2", "data opsional 2"),
    ("place of issue", "tempat terbit"),
    ("portrait", "pas foto"),
    ("previous trust point", "titik kepercayaan sebelumnya"),
    ("profile", "profil"),
    ("protocol", "protokol"),
    ("record digest", "sidik data penduduk"),
    ("religion", "agama"),
    ("sealed", "disegel"),
    ("sex", "jenis kelamin"),
    ("signature", "tanda tangan"),
    ("signed hashes", "nilai hash yang ditandatangani"),
    ("status index", "indeks status"),
    ("structure", "struktur"),
    ("tag list", "daftar tag"),
    ("trust point", "titik kepercayaan"),
    ("valid until", "berlaku hingga"),
    ("version", "versi"),
    ("village code", "kode desa"),
    ("zone", "zona"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_translated_and_values_and_terms_stay() {
        let files = Node::branch("files", vec![Node::leaf("EF.SOD", "2 bytes")]);
        let tree = Node::branch("card image", vec![Node::leaf("profile", "profile"), Node::leaf("password can", "front"), files]);
        assert_eq!(
            in_indonesian(&tree).text(),
            "citra kartu\n  profil: profile\n  sandi can: front\n  berkas\n    EF.SOD: 2 bytes\n"
        );
    }

    #[test]
    fn each_name_stands_once_in_order() {
        assert!(WORDS.is_sorted_by(|a, b| a.0 < b.0));
        assert!(WORDS.iter().all(|(english, indonesian)| english != indonesian));
    }
}
