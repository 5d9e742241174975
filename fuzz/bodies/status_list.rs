//! Card status lists: any bytes as a token, and any claims, any packed list and any delta behind the right signature.

use super::input::Input;
use super::world::{self, sample};
use ciborium::Value;
use coset::{CoseSign1Builder, HeaderBuilder, TaggedCborSerializable, iana};
use ektp::crypto::hash::HashAlg;
use ektp::pki::status_list;

pub fn run(data: &[u8]) {
    let _ = outcome(data);
}

/// Something if the list was taken.
pub fn outcome(data: &[u8]) -> Option<()> {
    let mut input = Input(data);
    match input.byte()? % 4 {
        0 => {
            let known = sample().list.as_slice() == input.0;
            let taken = verify(input.0);
            assert!(taken.is_none() || known, "a forged list was taken");
            taken
        }
        1 => verify(&signed(input.0.to_vec(), LIST)?),
        2 => packed(input),
        _ => delta(&signed(input.0.to_vec(), DELTA)?),
    }
}

fn verify(token: &[u8]) -> Option<()> {
    let list = status_list::verify(token, &sample().store, world::now(), 0).ok()?;
    for index in [0, 17, list.len().saturating_sub(1), list.len(), u64::MAX] {
        let answer = list.answer(index, world::now());
        assert!(answer.is_err() || index < list.len());
    }
    Some(())
}

/// The input as a delta after the sample list.
fn delta(token: &[u8]) -> Option<()> {
    if let Ok((delta, _)) = status_list::look_at_delta(token) {
        let again = status_list::delta::sign(&delta, &sample().kit.status_list).ok()?;
        assert_eq!(status_list::look_at_delta(&again).map(|(read, _)| read), Ok(delta), "a delta has one form");
    }
    verify(&[sample().list.as_slice(), token].concat())
}

const LIST: &str = "application/statuslist+cwt";
const DELTA: &str = "application/vnd.ektp.statuslist-delta+cwt";

/// The input as claims of this type, signed by the list's signer.
fn signed(payload: Vec<u8>, typ: &str) -> Option<Vec<u8>> {
    let signer = &sample().kit.status_list;
    let key = signer.key.ec()?;
    let typ = Value::Text(typ.into());
    let protected = HeaderBuilder::new().algorithm(iana::Algorithm::ES256).value(16, typ).build();
    let chain = HeaderBuilder::new().value(33, Value::Bytes(signer.cert.as_der().to_vec())).build();
    let sign = |message: &[u8]| key.sign_raw(HashAlg::Sha256, &HashAlg::Sha256.digest(message));
    let message = CoseSign1Builder::new().protected(protected).unprotected(chain).payload(payload);
    message.create_signature(&[], sign).build().to_tagged_vec().ok()
}

/// The input as the packed list inside claims that are well formed.
fn packed(mut input: Input<'_>) -> Option<()> {
    let (number, before) = (input.byte()?, input.number()?);
    let issued = world::now().as_second() - i64::from(before) * 60;
    let list = Value::Map(vec![("bits".into(), 2.into()), ("lst".into(), Value::Bytes(input.0.to_vec()))]);
    let claims = Value::Map(vec![
        (2.into(), "https://example.invalid/1".into()),
        (6.into(), issued.into()),
        (65_533.into(), list),
        ((-70_001).into(), number.into()),
    ]);
    let mut payload = Vec::new();
    ciborium::into_writer(&claims, &mut payload).ok()?;
    verify(&signed(payload, LIST)?)
}
