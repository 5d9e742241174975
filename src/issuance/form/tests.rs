//! What a paper says stands on its pages, and what does not fit is refused.

use super::*;

fn sheet(blocks: Vec<Block>) -> Sheet {
    Sheet {
        head: vec!["PEMERINTAH KOTA ADMINISTRASI".into(), "SUKU DINAS KEPENDUDUKAN DAN PENCATATAN SIPIL".into()],
        title: "BERITA ACARA".into(),
        number: "Nomor: 1/BA/2026".into(),
        code: Some("EKTP1/TEST".into()),
        blocks,
        foot: "Dicetak oleh ektp".into(),
    }
}

/// How often a text stands in the document: it is shown as one string a line.
fn count(pdf: &[u8], text: &str) -> usize {
    let shown = format!("({text})");
    pdf.windows(shown.len()).filter(|window| *window == shown.as_bytes()).count()
}

#[test]
fn a_sheet_is_a_pdf_with_its_text_and_its_code() {
    let signature = |role: &str| Signature { role: role.into(), name: String::new(), number: String::new() };
    let blocks = vec![
        Block::Heading("Data".into()),
        Block::Text("Telah dimusnahkan:".into()),
        Block::Fields(vec![("Nama".into(), "SITI".into())]),
        Block::Table { columns: vec![("No".into(), 1), ("Seri".into(), 4)], rows: vec![vec!["1".into(), "B-77".into()]] },
        Block::Stamp("Cap".into()),
        Block::Signatures(["Saksi 1", "Saksi 2", "Pejabat", "Operator"].map(signature).into()),
    ];
    let pdf = sheet(blocks).pdf().unwrap();
    assert!(pdf.starts_with(b"%PDF-1.") && pdf.trim_ascii_end().ends_with(b"%%EOF"));
    for text in [
        "Nomor: 1/BA/2026",
        "Telah dimusnahkan:",
        "Nama",
        "SITI",
        "Seri",
        "B-77",
        "Cap",
        "Saksi 2",
        "Operator",
        "Halaman 1 dari 1",
    ] {
        assert_eq!(count(&pdf, text), 1, "{text}");
    }
    let bars = String::from_utf8_lossy(&pdf).matches(" re\nf\n").count();
    let code = code::modules("EKTP1/TEST").unwrap();
    assert_eq!(bars, code.runs().len());
    assert_eq!(format!("{:?}", sheet(vec![])), "Sheet(BERITA ACARA)");
}

#[test]
fn a_long_table_goes_on_over_pages_under_its_titles() {
    let rows: Vec<Vec<String>> = (1..=200).map(|n| vec![n.to_string(), format!("B-{n:05}")]).collect();
    let table = Block::Table { columns: vec![("No".into(), 1), ("Nomor seri".into(), 4)], rows };
    let pdf = sheet(vec![table]).pdf().unwrap();
    let pages = String::from_utf8_lossy(&pdf).matches("/Type /Page\n").count();
    assert!((4..=7).contains(&pages), "{pages}");
    assert_eq!(count(&pdf, "Nomor seri"), pages);
    assert!((1..=200).all(|n| count(&pdf, &format!("B-{n:05}")) == 1));
    assert_eq!(count(&pdf, &format!("Halaman {pages} dari {pages}")), 1);
}

#[test]
fn what_a_paper_cannot_hold_is_refused_by_name() {
    let text = |n: usize| Block::Text("a".repeat(n));
    let refused = |blocks| sheet(blocks).pdf().unwrap_err();
    assert_eq!(refused(vec![text(1); FORM_BLOCKS + 1]), FormError::TooMuch("parts", FORM_BLOCKS));
    assert_eq!(refused(vec![text(FORM_CHARS)]), FormError::TooMuch("bytes of text", FORM_CHARS));
    let tall = || Block::Stamp(String::new());
    assert_eq!(refused((0..FORM_BLOCKS).map(|_| tall()).collect()), FormError::TooMuch("pages", FORM_PAGES));
    let table = |columns: usize| Block::Table { columns: vec![("A".into(), 1); columns], rows: vec![vec!["1".into()]; 3] };
    assert_eq!(refused(vec![table(2)]), FormError::Cells(1));
    assert_eq!(refused(vec![table(0)]), FormError::Cells(0));
    let long = Sheet { code: Some("A".repeat(1_000)), ..sheet(vec![]) };
    assert_eq!(long.pdf().unwrap_err().reason(), Reason::InputInvalid);
}

#[test]
fn the_same_sheet_gives_the_same_bytes() {
    let blocks = || vec![Block::Text("Sama".into())];
    assert_eq!(sheet(blocks()).pdf().unwrap(), sheet(blocks()).pdf().unwrap());
}

#[test]
fn papers_in_one_document_follow_each_other_and_number_their_own_pages() {
    let one = |text: &str| sheet(vec![Block::Text(text.into())]);
    let pdf = bundle(&[one("pertama"), one("kedua")]).unwrap();
    assert_eq!((count(&pdf, "pertama"), count(&pdf, "kedua"), count(&pdf, "Halaman 1 dari 1")), (1, 1, 2));
    let none = FormError::TooMuch("papers in one document, or none", FORM_BUNDLE);
    assert_eq!(bundle(&[]), Err(none));
    assert_eq!(bundle(&vec![one("x"); FORM_BUNDLE + 1]), Err(none));
}
