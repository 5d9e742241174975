//! Both sides against each other on every curve and key length, and every refusal by name.

use super::*;
use crate::chip::apdu::{Command, Response};
use crate::chip::channel::{Channel, RunError};
use crate::chip::link::Link;
use crate::chip::port::memory::MemoryPort;
use crate::lds::tlv::TlvErrorKind;
use crate::world::DangerousSeededEntropy;

fn can(digits: &str) -> Password {
    Password::can(digits).unwrap()
}

/// A chip that knows `password` and lets `alter` change its answers (step from 1).
fn chip(
    params: &PaceParams,
    password: Password,
    alter: fn(usize, &Command, &mut Response),
) -> impl FnMut(&Command) -> Response + Send {
    let (params, mut step, mut state) = (params.clone(), 0, None);
    let mut rng = DangerousSeededEntropy::new(7);
    move |command| {
        let mut response = if command.ins() == 0x22 {
            state = Some(PaceCard::start(&params, &password, &mut rng));
            Response::status(StatusWord::NO_ERROR)
        } else {
            match state.take().map(|s: PaceCard| s.process(command)) {
                Some(CardStep::Next(response, next)) => {
                    state = Some(*next);
                    response
                }
                Some(CardStep::Done(response, _) | CardStep::Failed { response, .. }) => response,
                None => Response::status(StatusWord::CONDITIONS_NOT_SATISFIED),
            }
        };
        alter(step, command, &mut response);
        step += 1;
        response
    }
}

fn attempt(
    params: &PaceParams,
    shown: &Password,
    mut chip: impl FnMut(&Command) -> Response + Send,
) -> Result<PaceDone, RunError<PaceError>> {
    let mut port =
        MemoryPort::new(move |apdu: Option<&[u8]>| Ok(chip(&Command::parse(apdu.unwrap_or_default()).unwrap()).encode()));
    run(&mut Channel::new(Link::new(&mut port)), params, shown, &mut DangerousSeededEntropy::new(3))
}

fn refusal(alter: fn(usize, &Command, &mut Response)) -> PaceError {
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    match attempt(&params, &can("123456"), chip(&params, can("123456"), alter)) {
        Err(RunError::Protocol(error)) => error,
        other => panic!("not refused by the protocol: {:?}", other.err()),
    }
}

fn replace(response: &mut Response, tag: u32, value: &[u8]) {
    response.data = tlv::encode(0x7C, &tlv::encode(tag, value));
}

#[test]
fn every_curve_and_key_length_agrees() {
    for curve in Curve::ALL {
        for bits in [128, 192, 256] {
            let params = PaceParams::new(curve, bits).unwrap();
            let done = attempt(&params, &can("123456"), chip(&params, can("123456"), |_, _, _| ())).ok().unwrap();
            assert!(done.sm.is_open());
            assert_eq!(done.card_ephemeral.curve(), curve);
            assert_ne!(done.card_ephemeral, done.own);
        }
    }
}

#[test]
fn mrz_and_its_digest_are_the_same_password() {
    let text = "T22000129364081251010318";
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    let stored = Password::from_mrz_digest(sha1(text.as_bytes()));
    assert!(attempt(&params, &Password::mrz(text).unwrap(), chip(&params, stored, |_, _, _| ())).is_ok());
    assert_eq!((Password::mrz(text).unwrap().reference(), can("123456").reference()), (1, 2));
}

#[test]
fn wrong_password_and_wrong_token_look_alike() {
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    let wrong = attempt(&params, &can("123457"), chip(&params, can("123456"), |_, _, _| ()));
    assert_eq!(wrong.err(), Some(RunError::Protocol(PaceError::WrongPassword)));
    // What the chip says to a wrong token under the right password is the same two bytes.
    let mut card = chip(&params, can("123456"), |_, _, _| ());
    let step = start(&params, &can("123456"), &mut DangerousSeededEntropy::new(3));
    let answer = card(&step.command());
    let step = step.receive(&answer).unwrap();
    let answer = card(&step.command());
    let step = step.receive(&answer).unwrap();
    let answer = card(&step.command());
    let step = step.receive(&answer).unwrap();
    let answer = card(&step.command());
    let step = step.receive(&answer).unwrap();
    let forged = crate::chip::set_at::general_authenticate(Some((0x85, &[0; 8])), false);
    let answer = card(&forged);
    assert_eq!(answer, Response::status(StatusWord::AUTHENTICATION_FAILED));
    assert_eq!(step.receive(&answer).err(), Some(PaceError::WrongPassword));
    assert_eq!(PaceError::WrongPassword.reason(), Reason::WrongCan);
}

#[test]
fn a_wrong_zone_is_not_called_a_wrong_can() {
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    let mrz = |text| Password::mrz(text).unwrap();
    let (right, wrong) = (mrz("T22000129364081251010318"), mrz("L898902C<369080619406236"));
    let refused = attempt(&params, &wrong, chip(&params, right, |_, _, _| ()));
    assert_eq!(refused.err(), Some(RunError::Protocol(PaceError::WrongMrz)));
    assert_eq!(PaceError::WrongMrz.reason(), Reason::WrongMrz);
}

#[test]
fn identity_and_foreign_points_are_refused() {
    let point = |index: usize, tag: u32| {
        move |bytes: Vec<u8>| -> PaceError {
            let params = PaceParams::new(Curve::P256, 128).unwrap();
            let mut good = chip(&params, can("123456"), |_, _, _| ());
            let mut step = 0;
            let altered = move |command: &Command| {
                let mut response = good(command);
                if step == index {
                    replace(&mut response, tag, &bytes);
                }
                step += 1;
                response
            };
            match attempt(&params, &can("123456"), altered) {
                Err(RunError::Protocol(error)) => error,
                _ => panic!("not refused"),
            }
        }
    };
    let mut off_curve = vec![4; 65];
    off_curve[64] = 1;
    let mut twist = vec![0; 65];
    twist[0] = 4;
    let compressed = [&[2][..], &[1; 32]].concat();
    for bytes in [vec![0], vec![], off_curve, twist, compressed, vec![4; 64], [&[4][..], &[0xFF; 64]].concat()] {
        assert_eq!(point(2, 0x82)(bytes.clone()), PaceError::BadKey(Step::Map));
        assert_eq!(point(3, 0x84)(bytes), PaceError::BadKey(Step::Agree));
    }
}

#[test]
fn the_terminals_own_key_and_token_come_back_refused() {
    assert_eq!(
        refusal(|step, command, response| {
            if step == 2 {
                replace(response, 0x82, crate::chip::set_at::dynamic(command.data(), 0x81).unwrap());
            }
        }),
        PaceError::EchoedKey(Step::Map)
    );
    assert_eq!(
        refusal(|step, command, response| {
            if step == 3 {
                replace(response, 0x84, crate::chip::set_at::dynamic(command.data(), 0x83).unwrap());
            }
        }),
        PaceError::EchoedKey(Step::Agree)
    );
    assert_eq!(
        refusal(|step, command, response| {
            if step == 4 {
                replace(response, 0x86, crate::chip::set_at::dynamic(command.data(), 0x85).unwrap());
            }
        }),
        PaceError::WrongToken
    );
    assert_eq!(
        refusal(|step, _, response| {
            if step == 4 {
                *response = Response::new([0x7C, 2, 0x86, 0], StatusWord::NO_ERROR);
            }
        }),
        PaceError::WrongToken
    );
}

#[test]
fn bad_form_and_refusals_name_their_step() {
    for (index, step) in [Step::SetAt, Step::Nonce, Step::Map, Step::Agree, Step::Confirm].into_iter().enumerate() {
        let params = PaceParams::new(Curve::P256, 128).unwrap();
        let mut good = chip(&params, can("123456"), |_, _, _| ());
        let mut at = 0;
        let altered = move |command: &Command| {
            let response = good(command);
            at += 1;
            if at == index + 1 { Response::status(StatusWord::REFERENCE_NOT_FOUND) } else { response }
        };
        let refused = match step {
            Step::SetAt => PaceError::NoSuchPassword,
            _ => PaceError::Refused { step, status: StatusWord::REFERENCE_NOT_FOUND },
        };
        assert_eq!(attempt(&params, &can("123456"), altered).err(), Some(RunError::Protocol(refused)), "{step}");
    }
    assert_eq!(PaceError::NoSuchPassword.reason(), Reason::PasswordNotOnCard);
    let malformed = refusal(|step, _, response| {
        if step == 1 {
            replace(response, 0x81, &[0; 16]);
        }
    });
    let PaceError::Malformed { step: Step::Nonce, source } = malformed else { panic!("{malformed}") };
    assert_eq!(source.kind, TlvErrorKind::UnexpectedTag { expected: 0x80, found: 0x81 });
    for length in [0, 8, 15, 17, 48] {
        let params = PaceParams::new(Curve::P256, 128).unwrap();
        let mut good = chip(&params, can("123456"), |_, _, _| ());
        let altered = move |command: &Command| {
            let mut response = good(command);
            if command.ins() == 0x86 {
                replace(&mut response, 0x80, &vec![1; length]);
            }
            response
        };
        assert_eq!(attempt(&params, &can("123456"), altered).err(), Some(RunError::Protocol(PaceError::BadNonce(length))));
    }
}

#[test]
fn what_is_not_supported_is_named() {
    let info = |protocol: &str, version, parameter_id| PaceInfo { protocol: protocol.into(), version, parameter_id };
    assert_eq!(PaceParams::from_info(&PaceInfo::ecdh_gm_aes_128(Curve::Bp256)), PaceParams::new(Curve::Bp256, 128));
    for bad in [
        info("0.4.0.127.0.7.2.2.4.2.1", 2, Some(12)),
        info("0.4.0.127.0.7.2.2.4.4.2", 2, Some(12)),
        info("0.4.0.127.0.7.2.2.4.2.2", 1, Some(12)),
        info("0.4.0.127.0.7.2.2.4.2.2", 2, Some(10)),
        info("0.4.0.127.0.7.2.2.4.2.2", 2, None),
    ] {
        assert_eq!(PaceParams::from_info(&bad), Err(PaceError::Unsupported(bad.protocol.clone())));
    }
    assert!(matches!(PaceParams::new(Curve::P256, 112), Err(PaceError::Unsupported(_))));
    for bad in ["", "12345", "12345a", "1234567", "12345\u{661}"] {
        assert_eq!(Password::can(bad).err(), Some(PaceError::BadPassword));
    }
    for bad in ["T22000129", "T22000129364081251010319", "t22000129364081251010318"] {
        assert_eq!(Password::mrz(bad).err(), Some(PaceError::BadPassword));
    }
    assert_eq!(PaceError::BadPassword.reason(), Reason::InputInvalid);
    assert_eq!(PaceError::WrongToken.reason(), Reason::CardAuthFailed);
}

#[test]
fn the_chip_refuses_steps_out_of_order_and_bad_points() {
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    let fresh = || PaceCard::start(&params, &can("123456"), &mut DangerousSeededEntropy::new(1));
    let status = |step: CardStep| match step {
        CardStep::Failed { response, wrong_token } => (response.status, wrong_token),
        _ => panic!("not refused"),
    };
    let ga = crate::chip::set_at::general_authenticate;
    assert_eq!(status(fresh().process(&ga(None, false))), (StatusWord::CONDITIONS_NOT_SATISFIED, false));
    assert_eq!(status(fresh().process(&ga(Some((0x81, &[4; 65])), true))), (StatusWord::WRONG_DATA, false));
    let CardStep::Next(_, card) = fresh().process(&ga(None, true)) else { panic!("refused") };
    assert_eq!(status(card.process(&ga(Some((0x81, &[4; 65])), true))), (StatusWord::AUTHENTICATION_FAILED, false));
}

#[test]
fn a_lost_card_is_no_verdict_on_the_password() {
    use crate::chip::channel::ChannelError;
    use crate::chip::link::LinkError;
    use crate::chip::port::PortError;
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    let mut port = MemoryPort::new(|_: Option<&[u8]>| Err(PortError::CardRemoved));
    let lost =
        run(&mut Channel::new(Link::new(&mut port)), &params, &can("123456"), &mut DangerousSeededEntropy::new(3)).err().unwrap();
    let link = LinkError::Port { index: 1, source: PortError::CardRemoved };
    assert_eq!(lost, RunError::Channel(ChannelError::Link(link)));
    assert_eq!(lost.reason(), Reason::CardRemoved);
    assert_eq!(RunError::Protocol(PaceError::WrongPassword).reason(), Reason::WrongCan);
}

#[test]
fn session_keys_differ_on_every_run() {
    let params = PaceParams::new(Curve::P256, 128).unwrap();
    let ephemeral = |seed| {
        let mut card = chip(&params, can("123456"), |_, _, _| ());
        let step = start(&params, &can("123456"), &mut DangerousSeededEntropy::new(seed));
        card(&step.command());
        let step = step.receive(&Response::status(StatusWord::NO_ERROR)).unwrap();
        let answer = card(&step.command());
        step.receive(&answer).unwrap().command().data().to_vec()
    };
    assert_ne!(ephemeral(1), ephemeral(2));
}
