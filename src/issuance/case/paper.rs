//! What people carry, in Indonesian: the summons, the application form, the slip of a visit, the stamp; and the list for the camat.

use super::receipt::{self, Stub};
use super::{Case, CaseError};
use crate::issuance::form::{Block, Sheet, Signature};
use crate::issuance::papers::{self, Form, Needed, Paper, Reason};
use crate::issuance::procedure::{Holder, Mode, Place, Procedure, Start};
use crate::issuance::store::StoreKey;
use crate::reason::Lang;
use jiff::civil::Date;

const FOOT: &str = "Dokumen pelayanan KTP-el. Kode di kanan atas membuktikan penerbitnya; jangan dilipat pada kode.";

/// A day as papers write it: `26-11-2026`.
fn day(date: Date) -> String {
    format!("{:02}-{:02}-{:04}", date.day(), date.month(), date.year())
}

fn head(case: &Case, place: Place) -> Vec<String> {
    let address = &case.dossier.biodata.address;
    let mut lines =
        vec![format!("PEMERINTAH {}", address.regency.as_str()), "DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL".to_owned()];
    if place == Place::ServicePoint {
        lines.push(format!("TEMPAT PELAYANAN KECAMATAN {}", address.district.as_str()));
    }
    lines
}

fn field(name: &str, value: &str) -> (String, String) {
    (name.to_owned(), value.to_owned())
}

/// The fields of whoever the paper is about.
fn person(case: &Case) -> Block {
    let who = &case.dossier.biodata;
    let a = &who.address;
    let address = format!(
        "{}, RT/RW {}, {}, {}, {}, {}",
        a.line.as_str(),
        a.rt_rw(),
        a.village.as_str(),
        a.district.as_str(),
        a.regency.as_str(),
        a.province.as_str()
    );
    Block::Fields(vec![
        field("NIK", who.nik.as_str()),
        field("Nomor KK", who.family_card_no.as_str()),
        field("Nama lengkap", who.full_name.as_str()),
        field("Tempat/tanggal lahir", &format!("{}, {}", who.birth_place.as_str(), day(who.birth_date))),
        field("Jenis kelamin", who.sex.text(Lang::Id)),
        field("Alamat", &address),
        field("Agama", who.religion.text(Lang::Id)),
        field("Status perkawinan", who.marital_status.text(Lang::Id)),
        field("Pekerjaan", who.occupation.text(Lang::Id)),
        field("Kewarganegaraan", who.nationality.text()),
        field("Berlaku hingga", &who.valid_until.text()),
    ])
}

/// A paper's name for people.
#[must_use]
pub const fn paper_text(paper: Paper) -> &'static str {
    match paper {
        Paper::Summons => "surat panggilan",
        Paper::FamilyCard => "kartu keluarga",
        Paper::StayPermit => "kartu izin tinggal tetap (KITAP)",
        Paper::OldCard => "KTP-el lama",
        Paper::RemovalLetter => "surat keterangan pindah",
        Paper::PoliceLetter => "surat keterangan kehilangan dari kepolisian",
        Paper::ProofOfChange => "bukti perubahan data",
    }
}

/// A reason's name for people.
#[must_use]
pub const fn reason_text(reason: Reason) -> &'static str {
    match reason {
        Reason::New => "baru",
        Reason::MovedIn => "pindah datang",
        Reason::Damaged => "rusak",
        Reason::Lost => "hilang",
        Reason::Expired => "habis masa berlaku",
        Reason::DataChange => "perubahan data",
    }
}

/// A procedure's name for people.
fn procedure_text(procedure: Procedure) -> String {
    let start = match procedure.start {
        Start::Mass => "massal",
        Start::Regular => "reguler",
    };
    let holder = match procedure.holder {
        Holder::Citizen => "WNI",
        Holder::ForeignResident => "orang asing",
    };
    let mode = match procedure.mode {
        Mode::Office => "di tempat pelayanan",
        Mode::HomeVisit => "kunjungan ke rumah",
    };
    format!("{start}, {holder}, {mode}")
}

fn needed_text(needed: Needed) -> String {
    match needed.form {
        Form::Original => format!("{} (asli)", paper_text(needed.paper)),
        Form::Copy => format!("{} (fotokopi)", paper_text(needed.paper)),
    }
}

fn papers(list: &[Needed]) -> Block {
    let rows = (1..).zip(list).map(|(n, needed)| vec![n.to_string(), needed_text(*needed)]).collect();
    Block::Table { columns: vec![("No.".to_owned(), 1), ("Berkas".to_owned(), 9)], rows }
}

fn box_for(role: &str) -> Signature {
    Signature { role: role.to_owned(), name: String::new(), number: String::new() }
}

fn stamp() -> Block {
    Block::Stamp("Cap perekaman dan nomor tanda terima (diisi petugas; tanpa cap ini KTP-el tidak diserahkan)".to_owned())
}

/// The summons of a case that was summoned.
///
/// # Errors
/// [`CaseError::NoSummons`].
pub fn summons(case: &Case, key: &StoreKey) -> Result<Sheet, CaseError> {
    let dossier = &case.dossier;
    let on = dossier.summoned_for.ok_or(CaseError::NoSummons)?;
    let (place, signer) = match dossier.procedure.holder {
        Holder::Citizen => (Place::ServicePoint, "Camat"),
        Holder::ForeignResident => (Place::Regency, "Kepala Dinas Kependudukan dan Pencatatan Sipil"),
    };
    let bring = papers::needed(dossier.procedure, dossier.reason, dossier.holds_card);
    let call = format!(
        "Saudara terdaftar sebagai wajib KTP dan belum memiliki KTP-el. Saudara diminta datang ke {} pada tanggal {} untuk perekaman \
         data, dengan membawa berkas berikut:",
        if place == Place::ServicePoint { "tempat pelayanan kecamatan" } else { "kantor Dinas" },
        day(on)
    );
    Ok(Sheet {
        head: head(case, place),
        title: "SURAT PANGGILAN PEREKAMAN KTP-EL".to_owned(),
        number: format!("Nomor permohonan: {}", case.id),
        code: Some(receipt::stub(key, &case.id, Stub::Summons)),
        blocks: vec![
            person(case),
            Block::Text(call),
            papers(&bring),
            Block::Text(
                "Bila Saudara masih memegang KTP atau KTP-el lama, bawalah juga: kartu lama ditarik saat penyerahan.".to_owned(),
            ),
            stamp(),
            Block::Signatures(vec![box_for(signer), box_for("Kepala desa/lurah (penerima)"), box_for("Penduduk (penerima)")]),
        ],
        foot: FOOT.to_owned(),
    })
}

/// The application form.
#[must_use]
pub fn application_form(case: &Case, key: &StoreKey) -> Sheet {
    let dossier = &case.dossier;
    let mut blocks = vec![
        Block::Fields(vec![
            field("Permohonan", reason_text(dossier.reason)),
            field("Prosedur", &procedure_text(dossier.procedure)),
        ]),
        Block::Heading("Data pemohon".to_owned()),
        person(case),
        Block::Heading("Berkas yang dibawa".to_owned()),
        papers(&dossier.brought),
    ];
    if !dossier.changes.is_empty() {
        let rows = dossier.changes.iter().map(|change| {
            let value = change.value.as_str().map_or_else(|| change.value.to_string(), ToOwned::to_owned);
            vec![change.field.clone(), value, change.proof.clone()]
        });
        let columns = ["Data yang berubah", "Menjadi", "Bukti"].map(|title| (title.to_owned(), 3)).into();
        blocks.push(Block::Heading("Perubahan data".to_owned()));
        blocks.push(Block::Table { columns, rows: rows.collect() });
    }
    blocks.push(stamp());
    blocks.push(Block::Signatures(vec![box_for("Pemohon"), box_for("Petugas")]));
    Sheet {
        head: head(case, dossier.procedure.desk()),
        title: "FORMULIR PERMOHONAN KTP-EL".to_owned(),
        number: format!("Nomor permohonan: {}", case.id),
        code: Some(receipt::stub(key, &case.id, Stub::Form)),
        blocks,
        foot: FOOT.to_owned(),
    }
}

/// The slip of a visit.
///
/// # Errors
/// [`CaseError::NoVisit`] if none is planned.
pub fn visit_slip(case: &Case, key: &StoreKey) -> Result<Sheet, CaseError> {
    let visit = case.dossier.visit.ok_or(CaseError::NoVisit)?;
    let on = day(visit.on);
    let why = match visit.why {
        super::Why::Age => "lanjut usia",
        super::Why::Disability => "penyandang disabilitas",
        super::Why::Illness => "sakit keras",
    };
    Ok(Sheet {
        head: head(case, Place::Regency),
        title: "BUKTI KUNJUNGAN PELAYANAN KTP-EL".to_owned(),
        number: format!("Nomor permohonan: {}", case.id),
        code: Some(receipt::stub(key, &case.id, Stub::VisitSlip)),
        blocks: vec![
            Block::Fields(vec![field("Tanggal kunjungan", &on), field("Alasan", why)]),
            person(case),
            Block::Text(
                "Simpan lembar ini: KTP-el diserahkan di rumah kepada pemegangnya dengan menunjukkan lembar ini.".to_owned(),
            ),
            stamp(),
            Block::Signatures(vec![box_for("Penduduk"), box_for("Petugas")]),
        ],
        foot: FOOT.to_owned(),
    })
}

/// The stamp: what is stuck, or printed, into the paper's box.
///
/// # Errors
/// [`receipt::ReceiptError::NotStamped`] before capture.
pub fn stamped(case: &Case, key: &StoreKey) -> Result<Sheet, CaseError> {
    let code = receipt::stamped(key, case).ok_or(receipt::ReceiptError::NotStamped)?;
    let place = case.dossier.procedure.desk();
    Ok(Sheet {
        head: head(case, place),
        title: "TANDA TERIMA PEREKAMAN KTP-EL".to_owned(),
        number: format!("{} / {}", case.id, case.dossier.receipt),
        blocks: vec![
            Block::Fields(vec![
                field("Nama lengkap", case.dossier.biodata.full_name.as_str()),
                field("Nomor tanda terima", &case.dossier.receipt.to_string()),
                field("Kode", &code),
            ]),
            Block::Text(
                "Tanpa tanda terima ini KTP-el tidak diserahkan. Bila hilang, lapor ke tempat perekaman: tanda terima lama tidak \
                 berlaku lagi setelah diganti."
                    .to_owned(),
            ),
        ],
        code: Some(code),
        foot: FOOT.to_owned(),
    })
}

/// The list for whoever signs the summonses.
#[must_use]
pub fn wanted(cases: &[Case], day_of: Date) -> Sheet {
    let rows = (1..).zip(cases).map(|(n, case)| {
        let who = &case.dossier.biodata;
        let address = format!("{}, RT/RW {}", who.address.line.as_str(), who.address.rt_rw());
        vec![
            n.to_string(),
            case.id.to_string(),
            who.full_name.as_str().to_owned(),
            day(who.birth_date),
            who.address.village.as_str().to_owned(),
            address,
        ]
    });
    let columns = [("No.", 6), ("Permohonan", 27), ("Nama lengkap", 19), ("Lahir", 12), ("Kel/Desa", 13), ("Alamat", 27)];
    Sheet {
        head: cases.first().map_or_else(Vec::new, |case| head(case, Place::Regency)),
        title: "DAFTAR WAJIB KTP YANG BELUM MEMILIKI KTP-EL".to_owned(),
        number: format!("Per tanggal {}", day(day_of)),
        code: None,
        blocks: vec![
            Block::Table { columns: columns.map(|(title, share)| (title.to_owned(), share)).into(), rows: rows.collect() },
            Block::Signatures(vec![box_for("Kepala Dinas Kependudukan dan Pencatatan Sipil"), box_for("Camat (penerima)")]),
        ],
        foot: "Dokumen internal: data pribadi, simpan terkunci.".to_owned(),
    }
}
