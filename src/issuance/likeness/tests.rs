//! Names as they are heard, dates as they are mistaken, and how many are found again.

use super::fold::{Name, code};
use super::judge::{Why, judge, names};
use super::keys::{kept, sought};
use super::people::{Change, Crowd};
use super::search::{index, index_all, search, traits};
use super::{Traits, swapped};
use crate::issuance::application::{State, Step};
use crate::issuance::case::Dossier;
use crate::issuance::centre::tests::world::{Comes, biodata, dossier};
use crate::issuance::store::tests::people::{person as subject, word};
use crate::issuance::store::tests::{Home, key, moves, on_both};
use crate::issuance::store::{Id, Kind, Mark, Move, Opening, Part, Store, StoreError};
use crate::limits::{NAME_TOKENS, STORE_MARKS};
use crate::record::Biodata;
use crate::record::Sex;
use crate::world::DangerousSeededEntropy;
use jiff::civil::{Date, date};

fn spelled(name: &str) -> Vec<String> {
    Name::fold(name).tokens().iter().map(|token| token.spelling.clone()).collect()
}

fn person(name: &str, born: Date) -> Traits {
    Traits { name: Name::fold(name), born, by_nik: None, place: Name::fold("SOLO"), sex: Sex::Male }
}

/// Whether who is kept under one name and date is looked at when the other comes.
fn finds(of: &Traits, who: &Traits) -> bool {
    !kept(of).is_disjoint(&sought(who)) && judge(who, of).is_some()
}

#[test]
fn old_and_new_spelling_are_heard_alike() {
    for (old, new) in [
        ("SOEKARNO", "SUKARNO"),
        ("DJOKO SOETRISNO", "JOKO SUTRISNO"),
        ("TJIPTO", "CIPTO"),
        ("WIDJAJA", "WIJAYA"),
        ("SURJADI", "SURYADI"),
        ("NJOMAN", "NYOMAN"),
        ("SJAHRIR", "SYAHRIR"),
        ("SJARIFAH", "SARIFAH"),
        ("CHAIRUL", "KHAIRUL"),
        ("CHAIRUL", "HAIRUL"),
        ("ACHMAD", "AHMAD"),
        ("FITRI", "PITRI"),
        ("NOVI", "NOFI"),
        ("ISHAQ", "ISHAK"),
        ("ZAENAL", "ZAINAL"),
        ("SETIYAWAN", "SETIAWAN"),
        ("SUWARNO", "SUARNO"),
        ("RIDHO", "RIDO"),
        ("YAKUB", "YAKUP"),
        ("HENDRY", "HENDRI"),
        ("MA'RUF", "MARUF"),
        ("CHRISTINA", "KRISTINA"),
        ("LISSA", "LISA"),
    ] {
        assert_eq!(spelled(old), spelled(new), "{old} {new}");
    }
    // Read in two ways, the one of which is the other's.
    for (one, other) in [("CHANDRA", "CANDRA"), ("ZAINAL", "JAINAL"), ("AZIZ", "AJIJ")] {
        let codes = |name| Name::fold(name).tokens()[0].codes.clone();
        assert!(!codes(one).is_disjoint(&codes(other)), "{one} {other}");
    }
    for (one, other) in [("BUDI", "SUTRISNO"), ("SITI", "SUTI"), ("HADI", "YADI")] {
        assert_ne!(spelled(one), spelled(other));
    }
}

#[test]
fn titles_are_dropped_and_abbreviations_written_out() {
    for (written, plain) in [
        ("DR. H. MOH. HATTA, S.H.", "MUHAMMAD HATTA"),
        ("HJ. SITI AMINAH", "SITI AMINAH"),
        ("ST. AMINAH", "SITI AMINAH"),
        ("M. YUSUF", "MUHAMMAD YUSUF"),
        ("M.YUSUF", "MUHAMMAD YUSUF"),
        ("MOCHAMMAD RIZKY", "MUHAMMAD RISKI"),
        ("BUDI SANTOSO S.PD", "BUDI SANTOSO"),
        ("R. SOEKARNO", "SUKARNO"),
        ("IR. H. JOKO", "JOKO"),
        ("ALI BIN ABU", "ALI ABU"),
        ("ABD RAHMAN", "ABDUL RAHMAN"),
        ("Siti-Aminah", "SITI AMINAH"),
        ("JOSÉ", "JOSE"),
    ] {
        assert_eq!(spelled(written), spelled(plain), "{written}");
    }
    // What is all that there is, is kept; and an initial elsewhere is no Muhammad.
    assert_eq!(spelled("HAJI"), ["HAI"]);
    assert_eq!(spelled("BUDI M"), ["BUDI", "M"]);
    assert_eq!(spelled(", S.H."), spelled("S.H."));
    assert_eq!(Name::fold(&"A B ".repeat(50)).tokens().len(), NAME_TOKENS);
    assert_eq!(format!("{:?}", Name::fold("BUDI SANTOSO")), "Name(2 words)");
}

#[test]
fn a_code_is_the_first_sound_and_the_consonants() {
    for (spelling, expected) in
        [("SUTRISNO", "STRSN"), ("AHMAT", "AMT"), ("HASAN", "ASN"), ("USEN", "ASN"), ("WAHYU", "W"), ("", "")]
    {
        assert_eq!(code(spelling), expected);
    }
}

#[test]
fn dates_that_are_mistaken_are_told_by_name() {
    let of = |name, born| person(name, born);
    let (born, name) = (date(1985, 7, 4), "BUDI SANTOSO");
    for (other, why) in [
        (born, Why::BirthDate),
        (date(1985, 4, 7), Why::DayAndMonthSwapped),
        (date(1986, 7, 4), Why::YearOff),
        (date(1984, 7, 4), Why::YearOff),
        (date(1985, 7, 14), Why::BirthMonth),
        (date(1985, 11, 30), Why::BirthYear),
        (date(1986, 1, 30), Why::BirthYear),
    ] {
        let alike = judge(&of(name, born), &of(name, other)).unwrap();
        assert_eq!(alike.why, [Why::SameName, why, Why::BirthPlace], "{other}");
        assert!(finds(&of(name, other), &of(name, born)), "{other} is looked up");
    }
    assert_eq!(judge(&of(name, born), &of(name, date(1991, 7, 4))), None);
    // Of another name a birth date is not enough; the further the date, the more of the name it takes.
    assert_eq!(judge(&of(name, born), &of("SLAMET RIYADI", born)), None);
    assert!(judge(&of("SUTRISNO", born), &of("BUDI SUTRISNO", born)).is_some());
    assert_eq!(judge(&of("SUTRISNO", born), &of("BUDI SUTRISNO", date(1985, 7, 14))), None);
    // Two who share a common word alone are not alike.
    assert_eq!(judge(&of("MUHAMMAD ILHAM", born), &of("MUHAMMAD YUSUF", born)), None);
    assert_eq!(swapped(date(1985, 4, 4)), None);
    assert_eq!(swapped(date(1985, 4, 13)), None);
}

#[test]
fn the_date_of_a_nik_counts_with_the_forty_of_women_taken_off() {
    let mut biodata = crate::issuance::centre::tests::world::biodata(1);
    assert_eq!(biodata.nik.explain().day, Some(17), "57 of a woman's NIK");
    biodata.birth_date = date(1986, 1, 2);
    let who = Traits::of(&biodata);
    assert_eq!(who.by_nik, Some(date(1985, 7, 17)));
    let mut other = person(biodata.full_name.as_str(), date(1985, 7, 17));
    other.place = Name::fold("MEDAN");
    let alike = judge(&who, &other).unwrap();
    assert_eq!(alike.why, [Why::SameName, Why::BirthDateOfNik]);
    assert!(finds(&other, &who) && finds(&who, &other));
    biodata.birth_date = date(1985, 7, 17);
    assert_eq!(Traits::of(&biodata).by_nik, None);
    assert_eq!(format!("{who:?}"), "Traits");
}

#[test]
fn names_agree_by_their_words_in_any_order_and_by_all_as_one() {
    let alike = |one, other| names(&Name::fold(one), &Name::fold(other));
    assert_eq!(alike("BUDI SANTOSO", "SANTOSO BUDI"), 1_000);
    assert_eq!(alike("SRI WAHYUNI", "SRIWAHYUNI"), 1_000);
    assert_eq!(alike("BUDI", "SLAMET"), 0);
    assert!(alike("BUDI SANTOSO", "BUDI SANTOSA") >= 800, "{}", alike("BUDI SANTOSO", "BUDI SANTOSA"));
    assert!(alike("SUTRISNO", "SUTIRSNO") >= 800);
    assert!((450..800).contains(&alike("BUDI SANTOSO", "BUDI")));
    assert!(alike("B SANTOSO", "BUDI SANTOSO") >= 800);
    for (one, other) in [("BUDI SANTOSO", "BUDI"), ("M ALI", "MUHAMMAD ALI AKBAR")] {
        assert_eq!(alike(one, other), alike(other, one));
    }
}

#[test]
fn no_text_of_a_key_is_without_a_part_of_a_date_and_there_are_as_many_as_a_store_takes() {
    let long = (b'B'..=b'K').map(|c| format!("{0}A{0}I{0}U{0}", char::from(c))).collect::<Vec<_>>().join(" ");
    let mut who = person(&long, date(1985, 7, 4));
    who.by_nik = Some(date(1979, 1, 2));
    for texts in [kept(&who), sought(&who)] {
        assert!(texts.len() <= STORE_MARKS, "{}", texts.len());
        assert!(texts.iter().all(|text| text.contains(" 1985") || text.contains(" 19")), "{texts:?}");
    }
    assert!(kept(&who).is_subset(&sought(&who)));
}

on_both!(
    an_application_is_found_by_its_marks_until_it_has_others,
    of_names_and_dates_that_were_written_otherwise_nearly_all_are_found,
    who_is_kept_shows_in_no_byte_of_the_database,
    of_two_who_come_at_once_one_finds_the_other,
    a_store_that_was_made_before_there_was_an_index_is_kept_whole,
);

fn id(n: u32) -> Id {
    Id::parse(&format!("A-{n:016}")).unwrap()
}

fn an_application_is_found_by_its_marks_until_it_has_others(home: &mut dyn Home) {
    let mut store = home.create();
    let mark = |text: &str| Mark::of(&key(), "of-a-test", text.as_bytes());
    assert_ne!(mark("a"), Mark::of(&key(), "of-another", b"a"));
    assert_eq!(format!("{:?}", mark("a")), "Mark");
    store.mark(&id(1), &[mark("a"), mark("b"), mark("b")]).unwrap();
    store.mark(&id(2), &[mark("b")]).unwrap();
    let both = [mark("a"), mark("b")];
    assert_eq!(store.marked(&both, 9), Ok(vec![id(1), id(2)]), "who has the most, first");
    assert_eq!(store.marked(&both, 1), Ok(vec![id(1)]));
    assert_eq!(store.marked(&[], 9), Ok(vec![]));
    store.mark(&id(1), &[mark("c")]).unwrap();
    assert_eq!(store.marked(&both, 9), Ok(vec![id(2)]));
    let many: Vec<Mark> = (0..=STORE_MARKS).map(|n| mark(&n.to_string())).collect();
    let refused = StoreError::TooMany("marks", STORE_MARKS);
    assert_eq!(store.mark(&id(1), &many), Err(refused.clone()));
    assert_eq!(store.marked(&many, 9), Err(refused));
    assert_eq!(home.open().marked(&[mark("c")], 9), Ok(vec![id(1)]));
}

/// Takes persons in, with their dossiers, and keeps them.
fn admit<'a>(store: &mut dyn Store, people: impl Iterator<Item = (u32, &'a Biodata)>) {
    let (key, mut rng) = (key(), DangerousSeededEntropy::new(2));
    let (mut desk, mut begun) = (moves::Desk { office: "3273", job: 0 }, Vec::new());
    for (n, who) in people {
        let dossier = Dossier { biodata: who.clone(), ..dossier(Comes::new(1, 1)) };
        let sealed = key.seal(Kind::Application, &id(n), Part::Biodata, &dossier.to_json(), &mut rng).unwrap();
        let opening =
            Opening::Application { begins: State::Applied, procedure: word("p"), subject: subject(n), family: None, priority: 0 };
        desk.job = desk.job.max(10 * n);
        begun.push(Move::open(id(n), opening).with_sealed(sealed));
        index(store, &key, &id(n), &Traits::of(who)).unwrap();
    }
    for some in begun.chunks(100) {
        desk.done(store, some.to_vec());
    }
}

/// Persons of the crowd that are kept.
const CROWD: u32 = 700;
/// Of each change at most so many are asked.
const ASKED: u32 = 120;

fn of_names_and_dates_that_were_written_otherwise_nearly_all_are_found(home: &mut dyn Home) {
    let (mut store, crowd) = (home.create(), Crowd::new(biodata(1), 5));
    let people: Vec<_> = (0..CROWD).map(|n| crowd.person(n)).collect();
    admit(store.as_mut(), (0..).zip(&people));
    for change in Change::ALL {
        let (mut found, mut asked) = (0, 0);
        for (n, known) in (0..CROWD).zip(&people) {
            let Some(again) = crowd.again(known, change, n).filter(|_| asked < ASKED) else { continue };
            let everybody = search(store.as_mut(), &key(), &id(999_999), &Traits::of(&again)).unwrap();
            asked += 1;
            found += u32::from(everybody.found.iter().any(|f| f.application == id(n)));
        }
        println!("{change:?}: {found} of {asked}");
        assert!(asked >= 40, "{change:?}: {asked}");
        assert!(100 * found >= change.least() * asked, "{change:?}: {found} of {asked}");
    }
}

fn who_is_kept_shows_in_no_byte_of_the_database(home: &mut dyn Home) {
    let (mut store, who) = (home.create(), Crowd::new(biodata(1), 6).person(1));
    admit(store.as_mut(), [(1, &who)].into_iter());
    let traits = traits(store.as_mut(), &key(), &id(1)).unwrap().unwrap();
    assert_eq!(traits, Traits::of(&who));
    let texts = kept(&traits);
    let bytes = home.bytes();
    let shows = |text: &str| bytes.windows(text.len()).any(|window| window == text.as_bytes());
    for text in texts.iter().map(String::as_str).chain(who.full_name.as_str().split(' ').filter(|word| word.len() > 4)) {
        assert!(!shows(text), "{text}");
    }
    // Another key makes other marks of the same texts.
    let other = crate::issuance::store::StoreKey::generate(&mut DangerousSeededEntropy::new(3));
    let all =
        |key| texts.iter().map(|text| Mark::of(key, "likeness-1", text.as_bytes())).collect::<std::collections::BTreeSet<_>>();
    assert!(all(&other).is_disjoint(&all(&key())));
}

fn of_two_who_come_at_once_one_finds_the_other(home: &mut dyn Home) {
    let (mut store, who) = (home.create(), Crowd::new(biodata(1), 8).person(3));
    let traits = Traits::of(&who);
    for round in 0..8 {
        let both = [2 * round + 1, 2 * round + 2];
        admit(store.as_mut(), both.iter().map(|n| (*n, &who)));
        both.iter().for_each(|n| store.mark(&id(*n), &[]).unwrap());
        // As it is done, first into the index; and as a mutant would do it.
        for kept_first in [false, true] {
            let (place, barrier) = (home.place(), std::sync::Barrier::new(2));
            let found = std::thread::scope(|scope| {
                let desks = both.map(|n| {
                    let (place, barrier, traits, other) = (&place, &barrier, &traits, id(both[usize::from(n == both[0])]));
                    scope.spawn(move || {
                        let mut store = place.open(Some(&key()), &[]).unwrap();
                        barrier.wait();
                        if kept_first {
                            index(store.as_mut(), &key(), &id(n), traits).unwrap();
                        }
                        let found = search(store.as_mut(), &key(), &id(n), traits).unwrap().found;
                        barrier.wait();
                        index(store.as_mut(), &key(), &id(n), traits).unwrap();
                        usize::from(found.iter().any(|f| f.application == other))
                    })
                });
                desks.into_iter().map(|desk| desk.join().unwrap()).sum::<usize>()
            });
            assert_eq!(found > 0, kept_first, "{round}: {found}");
            if !kept_first {
                both.iter().for_each(|n| store.mark(&id(*n), &[]).unwrap());
            }
        }
    }
}

fn a_store_that_was_made_before_there_was_an_index_is_kept_whole(home: &mut dyn Home) {
    let (mut store, crowd) = (home.create(), Crowd::new(biodata(1), 9));
    let people: Vec<Biodata> = (0..3).map(|n| crowd.person(n)).collect();
    admit(store.as_mut(), (0..).zip(&people));
    let sought = Traits::of(&people[0]);
    // Of those who were identified there are findings; of the third there are none yet.
    let (mut desk, mut rng) = (moves::Desk { office: "3174", job: 0 }, DangerousSeededEntropy::new(4));
    for n in 0..3 {
        store.mark(&id(n), &[]).unwrap();
        if n < 2 {
            let sealed = key().seal(Kind::Application, &id(n), Part::Findings, b"{}", &mut rng).unwrap();
            desk.done(store.as_mut(), vec![Move::application(id(n), Step::VerifyData).with_sealed(sealed)]);
        }
    }
    assert_eq!(search(store.as_mut(), &key(), &id(99), &sought).unwrap().found, []);
    assert_eq!(index_all(store.as_mut(), &key()), Ok(2));
    let found = search(store.as_mut(), &key(), &id(99), &sought).unwrap().found;
    assert_eq!(found.iter().map(|f| f.application.clone()).collect::<Vec<_>>(), [id(0)]);
    assert_eq!(index_all(store.as_mut(), &key()), Ok(2), "again, and nothing is otherwise");
}
