//! SCP03 byte for byte: nine suites of pySim, recorded from real eUICCs.
//!
//! Source of the figures: osmocom/pysim, tests/unittests/test_globalplatform.py, commit
//! 597f1e0398bb81d6832dc92ee4dfdcada59d3d82, classes SCP03_Test_AES*. 63 protected byte strings; the figures are
//! facts, the code is ours.

use ektp::chip::apdu::{Command, Response, StatusWord};
use ektp::chip::scp03::Level;
use ektp::chip::scp03::host::HostStart;
use ektp::chip::scp03::keys::KeySet;

struct Suite {
    key_len: usize,
    level: u8,
    init_update: &'static str,
    init_answer: &'static str,
    ext_auth: &'static str,
    commands: [(&'static str, &'static str); 5],
    eid_answer: &'static str,
}

/// The AID of the ISD-R, which is selected: the context of the pseudo-random challenge.
const ISD_R: &str = "a0000005591010ffffffff8900000100";
const GET_EID: &str = "80e2910006bf3e035c015a00";
const GET_EID_ANSWER: &str = "bf3e125a1089882119900000000000000000000005";
const CASE_1: &str = "80f22002";
const CASE_2: &str = "80ca006600";
const CASE_3: &str = "80f220020a4f0212345c054f9f70c5";
const CASE_4: &str = "80f28002024f0000";

const SUITES: [Suite; 9] = [
    Suite {
        key_len: 16,
        level: 0x11,
        init_update: "8050300008b13e5f938fc108c400",
        init_answer: "000000000000000000003003703eb51047495b249f66c484c1d2ef1948000002",
        ext_auth: "84821100107d5f5826a993ebc89eea24957fa0b3ce",
        commands: [
            (GET_EID, "84e291000ebf3e035c015a558d036518a2829700"),
            (CASE_1, "84f220020863a63f8959827fb2"),
            (CASE_2, "84ca006608a0c6a4a74166f7ce00"),
            (CASE_3, "84f22002124f0212345c054f9f70c52249b50272656536"),
            (CASE_4, "84f280020a4f00e91443f6dce6b8ed00"),
        ],
        eid_answer: "bf3e125a1089882119900000000000000000000005971be68992dbbdfa",
    },
    Suite {
        key_len: 16,
        level: 0x03,
        init_update: "80503000088e1552d0513c60f300",
        init_answer: "0000000000000000000030037030760cd2c47c1dd395065fe5ead8a9d7000001",
        ext_auth: "8482030010fd4721a14d9b07003c451d2f8ae6bb21",
        commands: [
            (GET_EID, "84e2910018ca9c00f6713d79bc8baa642bdff51c3f6a4082d3bd9ad26c00"),
            (CASE_1, "84f2200208c9811b11f1264cf1"),
            (CASE_2, "84ca006608e10ab60b3054798800"),
            (CASE_3, "84f22002184e2908bdb48b2315a55482e9e936ca122d6ecfae7d17416e"),
            (CASE_4, "84f28002180dd10a6b6193e5340b9e77d32d5a179cd710ac2773aefb2800"),
        ],
        eid_answer: "bf3e125a1089882119900000000000000000000005",
    },
    Suite {
        key_len: 16,
        level: 0x33,
        init_update: "8050300008fdf38259a1e0de4400",
        init_answer: "000000000000000000003003703b1aca81e821f219081cdc01c26b372d000003",
        ext_auth: "84823300108c36f96bcc00724a4e13ad591d7da3f0",
        commands: [
            (GET_EID, "84e2910018267a85dfe4a98fca6fb0527e0dfecce4914e40401433c87f00"),
            (CASE_1, "84f2200208ac6a59024bed84cc"),
            (CASE_2, "84ca006608409912ad8fb7aed000"),
            (CASE_3, "84f22002185f3dafc3ac14c381536a488bf44e06d056df9d74dbd21e5a"),
            (CASE_4, "84f280021865165105be3373347d0424d4400af2ac393f569ec779389e00"),
        ],
        eid_answer: "f3ba2b1013aa6224f5e1c138d71805c569e5439b47576260b75fc021b25097cb2e68f8a0144975b9",
    },
    Suite {
        key_len: 24,
        level: 0x11,
        init_update: "80503100087396430b768b085b00",
        init_answer: "000000000000000000003103708cfc23522ffdbf1e5df5542cac8fd866000003",
        ext_auth: "84821100102145ed30b146f5db252fb7e624cec244",
        commands: [
            (GET_EID, "84e291000ebf3e035c015aff42cf801d14394400"),
            (CASE_1, "84f22002084584e4f6784811ee"),
            (CASE_2, "84ca006608937776ebe190fa3000"),
            (CASE_3, "84f22002124f0212345c054f9f70c59a52bddf3040368c"),
            (CASE_4, "84f280020a4f009804b11411f7393d00"),
        ],
        eid_answer: "bf3e125a1089882119900000000000000000000005162fbd33e04940a9",
    },
    Suite {
        key_len: 24,
        level: 0x03,
        init_update: "805031000869c65da8202bf19f00",
        init_answer: "00000000000000000000310370b570a67be38446717729d6dd3d2ec5b1000001",
        ext_auth: "848203001065df4f1a356a887905466516d9e5b7c1",
        commands: [
            (GET_EID, "84e2910018d2c6fb477c5d4afe4fd4d21f17eff10d3578ec1774a12a2d00"),
            (CASE_1, "84f2200208964e188f0b1bb697"),
            (CASE_2, "84ca006608f0820035a41d3e1800"),
            (CASE_3, "84f220021806b076ed452cd1fa84f77f5c08a146aa77a9286757dea791"),
            (CASE_4, "84f2800218d06527e39222dce091fabdb8e9b898417a67a6852d3577db00"),
        ],
        eid_answer: "bf3e125a1089882119900000000000000000000005",
    },
    Suite {
        key_len: 24,
        level: 0x33,
        init_update: "80503100089b3f2eef0e8c937400",
        init_answer: "00000000000000000000310370f6bb305a15bae1a68f79fb08212fbed7000002",
        ext_auth: "84823300109100bc22d58b45b86a26365ce39ff3cf",
        commands: [
            (GET_EID, "84e29100188f7f946c84f70d17994bc6e8791251bb1bb1bf02cf8de58900"),
            (CASE_1, "84f2200208d5d97754b6b3d2ba"),
            (CASE_2, "84ca006608516c82b8e30adbeb00"),
            (CASE_3, "84f2200218cc247f4761e6944277a4e0d6e32e44025b1e31537e2fc668"),
            (CASE_4, "84f2800218ba22b63d509bef5d093b43e5eaed03ed23144ab2d9cb51de00"),
        ],
        eid_answer: "c05176c1b6f72aae50c32cbee63b0e95998928fd4dfb2be9f27ffde8c8476f5909b4805cc4039599",
    },
    Suite {
        key_len: 32,
        level: 0x11,
        init_update: "805032000811666d57866c6f5400",
        init_answer: "0000000000000000000032037053ea8847efa7674e41498a4d66cf0dee000003",
        ext_auth: "84821100102f2ad190eff2fafc4908996d1cebd310",
        commands: [
            (GET_EID, "84e291000ebf3e035c015af4b680372542b59d00"),
            (CASE_1, "84f2200208d618b7da68d5fe52"),
            (CASE_2, "84ca0066088f3e055db23ad5e500"),
            (CASE_3, "84f22002124f0212345c054f9f70c5b6e15cc42404915e"),
            (CASE_4, "84f280020a4f00aa124aa74afe7f7500"),
        ],
        eid_answer: "bf3e125a10898821199000000000000000000000058012dd7f01f1c4c1",
    },
    Suite {
        key_len: 32,
        level: 0x03,
        init_update: "8050320008c6066990fc426e1d00",
        init_answer: "000000000000000000003203708682cd81bbd8919f2de3f2664581f118000001",
        ext_auth: "848203001077c493b632edadaf865a1e64acc07ce9",
        commands: [
            (GET_EID, "84e29100183ddaa60594963befaada3525b492ede23c2ab2c1ce3afe4400"),
            (CASE_1, "84f2200208480ddc8e419da38d"),
            (CASE_2, "84ca0066083e9d6a6c0b2d732000"),
            (CASE_3, "84f22002183ebfef2da8b04af2a85f491f299b76973df76ff08a4031be"),
            (CASE_4, "84f2800218783fff80990f5585b1055010ea95094a26e4a8f1ef4b18e100"),
        ],
        eid_answer: "bf3e125a1089882119900000000000000000000005",
    },
    Suite {
        key_len: 32,
        level: 0x33,
        init_update: "805032000897b2055fe58599fd00",
        init_answer: "00000000000000000000320370a8439a22cedf045fa9f1903b2834f26e000002",
        ext_auth: "8482330010508a0fd959d2e547c6b33154a6be2057",
        commands: [
            (GET_EID, "84e29100187a5ef717eaf1e135ae92fe54429d0e465decda65f5fe5aea00"),
            (CASE_1, "84f2200208bcc5c17275545d93"),
            (CASE_2, "84ca00660804806aba9d543bb600"),
            (CASE_3, "84f2200218717222491556ec81a45f49ce48be33320024801a1c4cb0e0"),
            (CASE_4, "84f2800218561f105bccd3a1642904b251ccc1228beb80a82370a8637000"),
        ],
        eid_answer: "ea90dbfa648a67c5eb6abc57f8530b97d0cd5647c5e8732016b55203b078dd2ace7f8bc5d1c1cd99",
    },
];

fn unhex(text: &str) -> Vec<u8> {
    (0..text.len() / 2).map(|i| u8::from_str_radix(&text[2 * i..2 * i + 2], 16).unwrap()).collect()
}

/// The published static keys: 00 01 … , 10 11 …, 20 21 …, repeated from the start beyond sixteen bytes.
fn keys(kvn: u8, len: usize) -> KeySet {
    let key = |base: u8| -> Vec<u8> { (0..16u8).cycle().take(len).map(|i| base + i).collect() };
    KeySet::new(kvn, &key(0x00), &key(0x10), &key(0x20)).unwrap()
}

#[test]
fn nine_suites_of_pysim() {
    let mut checked = 0;
    for suite in &SUITES {
        checked += run(suite);
    }
    assert_eq!(checked, 63);
}

fn run(suite: &Suite) -> usize {
    let init = unhex(suite.init_update);
    let kvn = init[2];
    let start = HostStart::with_challenge(kvn, &init[5..13]).unwrap();
    assert_eq!(start.command().encode().unwrap(), init);
    let answer = Response { data: unhex(suite.init_answer), status: StatusWord(0x9000) };
    let answered = start.receive(&answer).unwrap();
    let level = Level::from_byte(suite.level).unwrap();
    let verified = answered.with_keys(&keys(kvn, suite.key_len), &unhex(ISD_R), level).unwrap();
    assert_eq!(verified.command().encode().unwrap(), unhex(suite.ext_auth));
    let mut host = verified.receive(&Response { data: vec![], status: StatusWord(0x9000) }).unwrap();
    for (index, (plain, protected)) in suite.commands.iter().enumerate() {
        let plain = Command::parse(&unhex(plain)).unwrap();
        assert_eq!(host.wrap(&plain).unwrap().encode().unwrap(), unhex(protected));
        if index == 0 {
            let answer = Response { data: unhex(suite.eid_answer), status: StatusWord(0x9000) };
            assert_eq!(host.unwrap(&answer).unwrap().data, unhex(GET_EID_ANSWER));
        }
    }
    1 + suite.commands.len() + 1
}
