//! Chips that loop, lie and cut short, and the refusal of each.

use super::*;
use crate::chip::port::PortLimits;
use crate::chip::port::memory::MemoryPort;

/// Answers by a script; repeats its last line for ever.
fn scripted(script: Vec<Result<Vec<u8>, PortError>>) -> impl FnMut(Option<&[u8]>) -> Result<Vec<u8>, PortError> + Send {
    let mut step = 0;
    move |_| {
        let answer = script[step.min(script.len() - 1)].clone();
        step += 1;
        answer
    }
}

fn ask(le: u32, script: Vec<Result<Vec<u8>, PortError>>) -> (Result<Response, LinkError>, Counters) {
    let mut port = MemoryPort::new(scripted(script));
    let mut link = Link::new(&mut port);
    let answer = link.send(&Command::new(0, 0xB0, 0, 0).with_le(le));
    (answer, link.counters())
}

#[test]
fn more_data_are_fetched_and_counted() {
    let (answer, counters) = ask(256, vec![Ok(vec![1, 0x61, 2]), Ok(vec![2, 3, 0x90, 0])]);
    assert_eq!(answer.unwrap().data, [1, 2, 3]);
    assert_eq!(counters, Counters { apdus: 2, sent_bytes: 10, received_bytes: 7 });
}

#[test]
fn endless_announcements_end() {
    let (answer, counters) = ask(256, vec![Ok(vec![1, 0x61, 1])]);
    assert_eq!(answer, Err(LinkError::EndlessResponse(counters.apdus)));
    assert_eq!(counters.apdus, 1 + GET_RESPONSES as u64);
    let (answer, counters) = ask(256, vec![Ok(vec![0x6C, 5])]);
    assert_eq!(answer, Err(LinkError::EndlessWrongLe(2)));
    assert_eq!(counters.apdus, 2);
}

#[test]
fn a_conversation_ends_somewhere() {
    let mut port = MemoryPort::new(scripted(vec![Ok(vec![7, 0x90, 0])]));
    let mut link = Link::new(&mut port);
    let command = Command::new(0, 0xB0, 0, 0).with_le(1);
    for _ in 0..LINK_EXCHANGES {
        assert!(link.send(&command).is_ok());
    }
    let error = link.send(&command).unwrap_err();
    assert_eq!((&error, error.reason()), (&LinkError::TooLong(LINK_EXCHANGES as u64), Reason::UnexpectedAnswer));
    assert_eq!(link.counters().apdus, LINK_EXCHANGES as u64, "what was not sent is not counted");
}

#[test]
fn a_wrong_le_is_corrected_once() {
    let (answer, counters) = ask(256, vec![Ok(vec![0x6C, 2]), Ok(vec![7, 8, 0x90, 0])]);
    assert_eq!(answer.unwrap().data, [7, 8]);
    assert_eq!(counters.apdus, 2);
}

#[test]
fn more_than_asked_is_refused() {
    let (answer, _) = ask(1, vec![Ok(vec![7, 8, 0x90, 0])]);
    assert_eq!(answer, Err(LinkError::MoreThanAsked { index: 1, asked: 1, got: 2 }));
}

#[test]
fn short_answers_and_lost_cards_are_named() {
    for (bytes, length) in [(vec![], 0), (vec![0x90], 1)] {
        let (answer, _) = ask(1, vec![Ok(bytes)]);
        assert_eq!(answer, Err(LinkError::Apdu { index: 1, source: ApduError::ResponseTooShort(length) }));
    }
    let (answer, _) = ask(1, vec![Err(PortError::CardRemoved)]);
    let error = answer.unwrap_err();
    assert_eq!(error, LinkError::Port { index: 1, source: PortError::CardRemoved });
    assert_eq!(error.port_error(), Some(&PortError::CardRemoved));
    assert_eq!(error.reason(), Reason::CardRemoved);
    assert_eq!(LinkError::EndlessResponse(1).reason(), Reason::UnexpectedAnswer);
}

#[test]
fn long_data_are_chained_where_extended_does_not_pass() {
    let mut seen = Vec::new();
    let mut port = MemoryPort::new(|apdu: Option<&[u8]>| {
        seen.push(apdu.unwrap_or_default().to_vec());
        Ok(vec![0x90, 0])
    })
    .with_limits(PortLimits::SHORT);
    let command = Command::new(0, 0x2A, 0, 0xBE).with_data(vec![9; 300]).with_le(65_536);
    assert!(Link::new(&mut port).send(&command).unwrap().status.is_ok());
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0][..5], [0x10, 0x2A, 0, 0xBE, 255]);
    assert_eq!((&seen[1][..5], seen[1].len(), seen[1].last()), (&[0x00, 0x2A, 0, 0xBE, 45][..], 51, Some(&0)));

    let mut port = MemoryPort::new(|_: Option<&[u8]>| Ok(vec![0x68, 0x84])).with_limits(PortLimits::SHORT);
    let refused = LinkError::ChainRefused { index: 1, status: StatusWord::CHAINING_NOT_SUPPORTED };
    assert_eq!(Link::new(&mut port).send(&command), Err(refused));
}

#[test]
fn the_trace_holds_no_data_and_is_bounded() {
    let mut port = MemoryPort::new(|_: Option<&[u8]>| Ok(vec![0x90, 0]));
    let mut link = Link::new(&mut port);
    for _ in 0..crate::limits::TRACE_ENTRIES + 5 {
        link.send(&Command::new(0, 0x20, 0, 1).with_data(*b"123456")).unwrap();
    }
    assert_eq!(link.trace().entries().count(), crate::limits::TRACE_ENTRIES);
    let line = link.trace().entries().next().unwrap().to_string();
    assert_eq!(line, "   6 00200001 Lc 6 Le - -> 0 bytes 9000");
}

#[test]
fn counters_subtract() {
    let (_, counters) = ask(1, vec![Ok(vec![0x90, 0])]);
    assert_eq!(counters - counters, Counters::default());
}
