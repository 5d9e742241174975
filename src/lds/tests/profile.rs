//! Tests of profiles: the built-in ones, and every refusal.

use super::*;

const TEXT: &str = include_str!("../../../specs/profiles/ektp-80k.toml");

const PASSWORDS: &str = r#"["can", "mrz", "legacy"]"#;

fn refused(from: &str, to: &str) -> ProfileError {
    assert!(TEXT.contains(from), "{from}");
    Profile::parse(&TEXT.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn the_built_in_profiles_are_sound() {
    for name in Profile::names() {
        let profile = Profile::named(name).unwrap();
        assert_eq!(profile.name, name);
        for face in [Face::Full, Face::Can, Face::Legacy] {
            assert!(profile.passwords.iter().any(|p| face.source(*p).is_some()), "{name}: a card of face {} opens", face.name());
        }
    }
    let small = Profile::named("ektp-8k").unwrap();
    assert_eq!((small.capacity, small.portrait.floor, small.active_authentication), (8_192, 2_800, false));
    assert_eq!(small.finger_format, FingerFormat::Compact);
    assert_eq!(Profile::named("ektp-80k-test-brainpool").unwrap().curve, Curve::Bp256);
    let by_bac: Vec<&str> = Profile::names().filter(|name| Profile::named(name).unwrap().bac).collect();
    assert_eq!(by_bac, ["ektp-80k-test-bac"], "Basic Access Control is off but in its test profile");
    assert_eq!(Profile::named("ektp-9k"), Err(ProfileError::Unknown("ektp-9k".into())));
}

#[test]
fn unknown_keys_and_bad_forms_are_refused() {
    assert!(matches!(refused("chunk = 223", "chunk = 223\nchunks = 1"), ProfileError::Form(m) if m.contains("chunks")));
    assert!(matches!(refused("curve = \"p256\"", "curve = \"p999\""), ProfileError::Form(_)));
    assert!(matches!(refused("container = \"jp2\"", "container = \"png\""), ProfileError::Form(m) if m.contains("png")));
    assert!(matches!(Profile::parse("= ="), Err(ProfileError::Form(_))));
}

#[test]
fn values_out_of_range_are_named() {
    assert_eq!(refused("chunk = 223", "chunk = 240"), ProfileError::OutOfRange("chunk"));
    assert_eq!(refused("format = 1", "format = 2"), ProfileError::OutOfRange("format"));
    assert_eq!(refused(PASSWORDS, "[]"), ProfileError::OutOfRange("passwords"));
    assert_eq!(refused(PASSWORDS, "[\"can\", \"mrz\", \"can\"]"), ProfileError::OutOfRange("passwords"));
    // BAC beside the MRZ password is a sound (test) profile; without it, it is not.
    assert!(Profile::parse(&TEXT.replacen("chunk = 223", "chunk = 223\nbac = true", 1)).unwrap().bac);
    let text = TEXT.replacen(PASSWORDS, "[\"can\"]", 1).replacen("chunk = 223", "chunk = 223\nbac = true", 1);
    assert_eq!(Profile::parse(&text), Err(ProfileError::OutOfRange("bac")));
}

#[test]
fn files_that_contradict_the_card_profile_are_named() {
    let file = |what| ProfileError::File { file: FileId::Dg1, what };
    assert_eq!(
        refused("fid = \"0101\", sfi = \"01\", read = \"pace\"", "fid = \"0104\", sfi = \"01\", read = \"pace\""),
        file("fid")
    );
    assert_eq!(
        refused("fid = \"0101\", sfi = \"01\", read = \"pace\"", "fid = \"0101\", sfi = \"09\", read = \"pace\""),
        file("sfi")
    );
    assert_eq!(
        refused("fid = \"0101\", sfi = \"01\", read = \"pace\"", "fid = \"0101\", sfi = \"01\", read = \"free\""),
        file("read")
    );
    assert_eq!(
        refused("name = \"EF.COM\", fid = \"011E\", sfi = \"1E\"", "name = \"DG1\", fid = \"011E\", sfi = \"1E\""),
        file("its second row")
    );
    let gone = TEXT.lines().filter(|l| !l.contains("\"EF.COM\"")).collect::<Vec<_>>().join("\n");
    assert_eq!(Profile::parse(&gone), Err(ProfileError::Missing(FileId::Com)));
    let no_aa = ProfileError::File { file: FileId::Dg15, what: "its presence" };
    assert_eq!(refused("active_authentication = true", "active_authentication = false"), no_aa);
}

#[test]
fn dg3_is_on_cards_whose_profile_says_how_its_prints_are_written() {
    let row = r#"{ name = "DG3", fid = "0103", sfi = "03", read = "fingers", budget = 30208 },"#;
    let key = "finger_image = { most = 15000, container = \"jp2\" }";
    let with = |row: &str, key: &str| {
        let text = TEXT.replacen("file = [", &format!("{key}\nfile = [\n{row}"), 1);
        Profile::parse(&text)
    };
    let profile = with(row, key).unwrap();
    assert_eq!(profile.finger_image, Some(PrintRow { most: 15_000, container: Container::Jp2 }));
    assert_eq!(profile.budget(FileId::Dg3), 30_208);
    assert_eq!(with(row, ""), Err(ProfileError::File { file: FileId::Dg3, what: "its presence" }));
    assert_eq!(with("", key), Err(ProfileError::Missing(FileId::Dg3)));
    assert_eq!(with(&row.replace("fingers", "pace"), key), Err(ProfileError::File { file: FileId::Dg3, what: "read" }));
    assert_eq!(with(row, &key.replace("15000", "0")), Err(ProfileError::OutOfRange("finger_image")));
    assert_eq!(with(row, &key.replace("jp2", "jpeg")), Err(ProfileError::OutOfRange("finger_image")), "a print is never JPEG");
    assert_eq!(Profile::named("ektp-80k-dg3").unwrap().finger_image, profile.finger_image);
    for name in Profile::names().filter(|name| *name != "ektp-80k-dg3") {
        assert_eq!(Profile::named(name).unwrap().finger_image, None, "off by default: {name}");
    }
}

#[test]
fn a_face_prints_what_it_prints() {
    assert!(Face::Full.source(Password::Can).is_some() && Face::Full.source(Password::Mrz).is_some());
    assert!(Face::Can.source(Password::Mrz).is_none() && Face::Legacy.source(Password::Can).is_none());
    for face in [Face::Full, Face::Can, Face::Legacy] {
        assert_eq!(Face::from_name(face.name()), Some(face));
    }
    assert_eq!([ReadRule::Free, ReadRule::Pace, ReadRule::Fingers].map(ReadRule::code), [0, 1, 2]);
    assert_eq!([Password::Can, Password::Mrz, Password::Legacy].map(Password::name), ["can", "mrz", "legacy"]);
}
