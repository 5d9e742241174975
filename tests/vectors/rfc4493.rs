//! AES-CMAC: the four examples of RFC 4493 section 4, and those of SP 800-38B appendix D for 192 and 256 bits that have a message.

use ektp::crypto::symmetric::AesKey;
use hex_literal::hex;

const MESSAGE: [u8; 64] = hex!(
    "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e5130c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710"
);

#[test]
fn cmac_of_rfc_4493_and_sp_800_38b() {
    let k128 = AesKey::new(&hex!("2b7e151628aed2a6abf7158809cf4f3c")).unwrap();
    let k192 = AesKey::new(&hex!("8e73b0f7da0e6452c810f32b809079e562f8ead2522c6b7b")).unwrap();
    let k256 = AesKey::new(&hex!("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4")).unwrap();
    let rows = [
        (&k128, 0, hex!("bb1d6929e95937287fa37d129b756746")),
        (&k128, 16, hex!("070a16b46b4d4144f79bdd9dd04a287c")),
        (&k128, 40, hex!("dfa66747de9ae63030ca32611497c827")),
        (&k128, 64, hex!("51f0bebf7e3b9d92fc49741779363cfe")),
        (&k192, 16, hex!("9e99a7bf31e710900662f65e617c5184")),
        (&k192, 64, hex!("a1d5df0eed790f794d77589659f39a11")),
        (&k256, 16, hex!("28a7023f452e8f82bd4bf28d8c37c35c")),
        (&k256, 64, hex!("e1992190549f6ed5696a2c056c315410")),
    ];
    for (key, length, mac) in rows {
        assert_eq!(key.cmac(&[&MESSAGE[..length]]), mac, "{length} bytes");
    }
}
