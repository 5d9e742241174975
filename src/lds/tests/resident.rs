//! A resident for tests. Nobody of this name and number exists.

use crate::finger::FingerPosition;
use crate::finger::template::synthetic;
use crate::record::{
    Address, BloodType, FamilyCardNo, FingerEntry, Fingers, FullName, Line, MaritalStatus, Nationality, Nik, Occupation, Picture,
    Record, RegionCode, Religion, Sex, Unit, Validity, address::Level,
};
use jiff::civil::{Date, date};

fn line(text: &str) -> Line {
    Line::parse(text).unwrap()
}

fn finger(position: FingerPosition, seed: u64) -> FingerEntry {
    FingerEntry { position, template: synthetic::template(seed, position, 60), quality: 80, image: None }
}

/// A citizen with both index fingers, small pictures and a card for life.
pub(crate) fn citizen() -> Record {
    let issue: Date = date(2026, 11, 23);
    let code = |text: &str, level| RegionCode::parse(text, level).unwrap();
    Record {
        nik: Nik::parse("3171011708909999").unwrap(),
        family_card_no: FamilyCardNo::parse("3171010101019999").unwrap(),
        full_name: FullName::parse("BUDI SANTOSO", issue).unwrap().0,
        registered_on: None,
        birth_place: line("JAKARTA"),
        birth_date: date(1990, 8, 17),
        sex: Sex::Male,
        blood_type: BloodType::parse("O").unwrap(),
        address: Address {
            line: line("JL MERDEKA BARAT NO 1"),
            rt: Unit::parse("003").unwrap(),
            rw: Unit::parse("019").unwrap(),
            village: line("GAMBIR"),
            village_code: code("31.71.01.1001", Level::Village),
            district: line("GAMBIR"),
            district_code: code("31.71.01", Level::District),
            regency: line("KOTA JAKARTA PUSAT"),
            regency_code: code("31.71", Level::Regency),
            province: line("DKI JAKARTA"),
            province_code: code("31", Level::Province),
        },
        religion: Religion::Islam,
        marital_status: MaritalStatus::Married,
        occupation: Occupation::from_code(15).unwrap(),
        nationality: Nationality::Citizen,
        valid_until: Validity::Lifetime,
        issuing_authority: line("DINAS DUKCAPIL KOTA JAKARTA PUSAT"),
        place_of_issue: line("JAKARTA PUSAT"),
        date_of_issue: issue,
        portrait: picture(150, 200, 3),
        signature: picture(120, 40, 1),
        fingers: Fingers::new(vec![finger(FingerPosition::RightIndex, 1), finger(FingerPosition::LeftIndex, 2)], vec![]).unwrap(),
    }
}

/// The same, with a print of each finger.
pub(crate) fn citizen_with_prints() -> Record {
    let mut record = citizen();
    record.fingers.taken.iter_mut().for_each(|finger| finger.image = Some(picture(200, 260, 1)));
    record
}

#[allow(clippy::cast_possible_truncation)]
/// A picture with smooth parts, an edge and texture.
pub(crate) fn picture(width: u32, height: u32, channels: u8) -> Picture {
    let pixel = |x: u32, y: u32, c: u32| {
        let smooth = (x * 200 / width + y * 40 / height) as u8;
        let face = (x as i64 - i64::from(width / 2)).pow(2) + (y as i64 - i64::from(height / 2)).pow(2);
        let inside = face < i64::from(width * width / 9);
        let texture = ((x * 7 + y * 13 + c * 31) % 17) as u8;
        if inside { 150 + texture * 3 } else { smooth.wrapping_add((c * 9) as u8) }
    };
    let pixels = (0..height).flat_map(|y| (0..width).flat_map(move |x| (0..u32::from(channels)).map(move |c| pixel(x, y, c))));
    Picture { pixels: pixels.collect(), width, height, channels }
}
