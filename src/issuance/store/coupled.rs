//! Steps that only make sense together, in one change: a card is not active while its application waits for it.

use super::change::{Act, Move, Opening};
use super::error::StoreError;
use super::rule::Step;
use super::word::Id;
use crate::issuance::{application, blank, card, shipment};

/// Whether every step has the one that belongs to it, of the right application, card or blank.
pub(super) fn check(moves: &[Move]) -> Result<(), StoreError> {
    moves.iter().try_for_each(|step| needs(step, moves))
}

fn needs(step: &Move, moves: &[Move]) -> Result<(), StoreError> {
    use Step::{Application, Blank, Card, Shipment};
    let has = |found: &dyn Fn(&Move) -> bool| moves.iter().any(found);
    let card_step = |of: &Id, asked: card::Step| has(&|m| m.act == Act::Step(Card(asked)) && m.owner.as_ref() == Some(of));
    let of_owner =
        |asked: application::Step| has(&|m| m.act == Act::Step(Application(asked)) && step.owner.as_ref() == Some(&m.id));
    let approved = |of: &Id| has(&|m| m.act == Act::Step(Application(application::Step::Approve)) && m.id == *of);
    let opened = |of: &Id| has(&|m| matches!(&m.act, Act::Open(Opening::Card { application, .. }) if application == of));
    let followed = |of: &Id| has(&|m| m.act == Act::Step(Application(application::Step::FollowInPersonalization)) && m.id == *of);
    let taken_for = |of: &Id| has(&|m| m.act == Act::Step(Blank(blank::Step::Take)) && m.owner.as_ref() == Some(of));
    let encoded = || has(&|m| m.act == Act::Step(Card(card::Step::Encode)) && step.owner.as_ref() == Some(&m.id));
    let opens = |m: &Move| {
        matches!(m.act, Act::Open(Opening::Incident { .. })) && step.reason.as_ref().is_some_and(|r| r.as_str() == m.id.as_str())
    };
    let reported = || has(&opens);
    let (holds, this, with) = match &step.act {
        Act::Open(Opening::Card { application, .. }) => (approved(application), "open", "approve"),
        Act::Open(Opening::CardCopy { application, .. } | Opening::CardComing { application, .. }) => {
            (followed(application), "open", "follow-in-personalization")
        }
        Act::Step(Application(application::Step::Approve)) => (opened(&step.id), "approve", "open"),
        // An application gives way to another, and to none but one that two officers cleared.
        Act::Step(Application(application::Step::GiveWay)) => {
            let cleared = |m: &Move| m.act == Act::Step(Application(application::Step::ClearDoubt)) && m.id != step.id;
            (has(&cleared), "give-way", "clear-doubt")
        }
        Act::Step(Card(card::Step::HandOver)) => (of_owner(application::Step::Deliver), "hand-over", "deliver"),
        Act::Step(Application(application::Step::Deliver)) => (card_step(&step.id, card::Step::HandOver), "deliver", "hand-over"),
        Act::Step(Application(application::Step::FailHandover)) => {
            (card_step(&step.id, card::Step::Refuse), "fail-handover", "refuse")
        }
        Act::Step(Application(application::Step::CaptureAnew)) => {
            (card_step(&step.id, card::Step::TakeBack), "capture-anew", "take-back")
        }
        Act::Step(Card(card::Step::Refuse)) => {
            (of_owner(application::Step::FailHandover) || of_owner(application::Step::Remake), "refuse", "fail-handover")
        }
        Act::Step(Card(card::Step::Encode)) => (taken_for(&step.id), "encode", "take"),
        Act::Step(Blank(blank::Step::Take)) => (encoded(), "take", "encode"),
        // A blank in a station is missing with its card, by the same incident.
        Act::Step(Blank(blank::Step::Lose)) if !with_card(step, moves) => (false, "lose", "lose"),
        Act::Step(Card(card::Step::Lose)) if !with_blank(step, moves) => (false, "lose", "lose"),
        Act::Step(Blank(blank::Step::Lose) | Card(card::Step::Lose)) => (reported(), "lose", "open"),
        // Nothing is missing without somebody who answers for it.
        Act::Step(Blank(blank::Step::Miss) | Card(card::Step::Miss) | Shipment(shipment::Step::Miss)) => {
            (reported(), "miss", "open")
        }
        _ => return Ok(()),
    };
    if holds { Ok(()) } else { Err(StoreError::Coupled { step: this, with }) }
}

/// Whether the card of a blank is lost with it.
fn with_card(blank: &Move, moves: &[Move]) -> bool {
    let lost = |m: &Move| m.act == Act::Step(Step::Card(card::Step::Lose)) && blank.owner.as_ref() == Some(&m.id);
    moves.iter().any(|m| lost(m) && m.reason == blank.reason)
}

/// Whether the blank of a card is lost with it.
fn with_blank(card: &Move, moves: &[Move]) -> bool {
    let lost = |m: &Move| m.act == Act::Step(Step::Blank(blank::Step::Lose)) && m.owner.as_ref() == Some(&card.id);
    moves.iter().any(|m| lost(m) && m.reason == card.reason)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::issuance::store::word::Word;

    fn id(text: &str) -> Id {
        Id::parse(text).unwrap()
    }

    fn card_opens(application: &str) -> Move {
        Move::open(id("c"), Opening::Card { application: id(application), number: Word::parse("X1").unwrap() })
    }

    #[test]
    fn each_step_that_needs_another_is_refused_without_it_and_with_anothers() {
        use application::Step::{Approve, CaptureAnew, ClearDoubt, Deliver, FailHandover, GiveWay, Remake};
        use card::Step::{Encode, HandOver, Refuse, TakeBack};
        let a = |step| Move::application(id("a"), step);
        let c = |step| Move::card_of(id("c"), id("a"), step);
        let b = |step| Move::application(id("b"), step);
        let take = |card: &str| Move::blank_for(id("s"), id(card));
        let word = |text: &str| Word::parse(text).unwrap();
        let incident = |name: &str| Move::open(id(name), Opening::Incident { about: word("c") });
        let lost_card = |card: &str, why: &str| Move::card(id(card), card::Step::Lose).because(word(why));
        let lost_blank = |card: &str, why: &str| Move::blank_lost(id("s"), id(card)).because(word(why));
        let blank_misses = || Move::blank(id("s"), blank::Step::Miss);
        let good = [
            vec![a(Approve), card_opens("a")],
            vec![c(HandOver), a(Deliver)],
            vec![a(ClearDoubt), b(GiveWay)],
            vec![c(Refuse), a(FailHandover)],
            vec![c(Refuse), a(Remake)],
            vec![c(TakeBack), a(CaptureAnew)],
            vec![c(TakeBack)],
            vec![c(Encode), take("c")],
            vec![c(card::Step::Print)],
            vec![incident("i"), c(card::Step::Miss).because(word("i")), blank_misses().because(word("i"))],
            vec![incident("i"), lost_card("c", "i"), lost_blank("c", "i")],
        ];
        for moves in &good {
            assert_eq!(check(moves), Ok(()), "{moves:?}");
        }
        for (moves, step, with) in [
            (vec![a(Approve)], "approve", "open"),
            (vec![card_opens("a")], "open", "approve"),
            (vec![card_opens("a"), b(Approve)], "open", "approve"),
            (vec![c(HandOver)], "hand-over", "deliver"),
            (vec![c(HandOver), b(Deliver)], "hand-over", "deliver"),
            (vec![Move::card(id("c"), HandOver), a(Deliver)], "hand-over", "deliver"),
            (vec![a(Deliver)], "deliver", "hand-over"),
            (vec![a(GiveWay)], "give-way", "clear-doubt"),
            (vec![a(ClearDoubt), a(GiveWay)], "give-way", "clear-doubt"),
            (vec![a(FailHandover)], "fail-handover", "refuse"),
            (vec![a(CaptureAnew)], "capture-anew", "take-back"),
            (vec![a(CaptureAnew), c(Refuse)], "capture-anew", "take-back"),
            (vec![c(Refuse)], "refuse", "fail-handover"),
            (vec![c(Encode)], "encode", "take"),
            (vec![c(Encode), take("d")], "encode", "take"),
            (vec![take("c")], "take", "encode"),
            (vec![incident("i"), lost_card("c", "i")], "lose", "lose"),
            (vec![incident("i"), lost_blank("c", "i")], "lose", "lose"),
            (vec![incident("i"), lost_card("c", "i"), lost_blank("d", "i")], "lose", "lose"),
            (vec![incident("i"), lost_card("c", "j"), lost_blank("c", "i")], "lose", "lose"),
            (vec![lost_card("c", "i"), lost_blank("c", "i")], "lose", "open"),
            (
                vec![incident("i"), lost_card("c", "i"), Move::blank(id("s"), blank::Step::Lose).because(word("i"))],
                "lose",
                "lose",
            ),
            (vec![c(card::Step::Miss)], "miss", "open"),
            (vec![blank_misses().because(word("i"))], "miss", "open"),
            (vec![incident("j"), blank_misses().because(word("i"))], "miss", "open"),
            (vec![Move::shipment(id("w"), shipment::Step::Miss), incident("i")], "miss", "open"),
        ] {
            assert_eq!(check(&moves), Err(StoreError::Coupled { step, with }), "{moves:?}");
        }
    }
}
