//! Faults on demand: what goes wrong at which exchange with the chip.

/// What goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Fault {
    /// The command does not reach the chip; no answer comes.
    NotDelivered,
    /// The chip does the command; its answer does not come.
    NoAnswer,
    /// The chip does the command and answers after the port has given up; the next exchange begins with that old answer.
    LateAnswer,
    /// The chip does the command and loses power after this many written bytes; it is back after a power cycle.
    TornAfter(u64),
    /// The card leaves the field before the command.
    RemovedBefore,
    /// The card leaves the field after the command, before its answer.
    RemovedAfter,
    /// The command is not executed; this status word comes instead.
    WrongStatusInstead(u16),
    /// The command is executed; this status word comes for its answer.
    WrongStatusAfter(u16),
    /// The command is delivered twice; the second answer comes.
    DeliveredTwice,
    /// The answer loses this many bytes at its end.
    Truncated(usize),
    /// The answer is this many bytes longer.
    Oversize(usize),
    /// The answer is empty.
    EmptyAnswer,
    /// This bit of the command is flipped on its way in, counted modulo its length.
    BitFlippedIn(usize),
    /// This bit of the answer is flipped on its way out, counted modulo its length.
    BitFlippedOut(usize),
    /// Another chip lies on the reader from this command on; see `SoftPort::swap_in` and `ServedChip::swap_in`.
    Swapped,
    /// Someone else resets the card before the command.
    ForeignReset,
}

impl Fault {
    /// Wrong status words worth trying: memory, length, security, blocked, conditions, SM, data, memory, reference, end, unknown.
    pub const WRONG_STATUS: [u16; 12] =
        [0x6300, 0x6581, 0x6700, 0x6882, 0x6982, 0x6983, 0x6985, 0x6988, 0x6A80, 0x6A84, 0x6D00, 0x6F00];
}

/// Which faults come when: by index of the exchange, from 0, counted since the plan was made.
#[derive(Debug, Clone, Default)]
pub struct FaultPlan {
    planned: Vec<(u64, Fault)>,
    next: u64,
}

impl FaultPlan {
    /// No fault.
    #[must_use]
    pub fn none() -> Self {
        Self::default()
    }

    /// One fault at this exchange.
    #[must_use]
    pub fn at(index: u64, fault: Fault) -> Self {
        Self::default().and(index, fault)
    }

    /// The same plan with one more fault.
    #[must_use]
    pub fn and(mut self, index: u64, fault: Fault) -> Self {
        self.planned.push((index, fault));
        self
    }

    /// Exchanges so far.
    #[must_use]
    pub fn exchanges(&self) -> u64 {
        self.next
    }

    /// The fault of the next exchange, which is thereby counted.
    pub(super) fn advance(&mut self) -> Option<Fault> {
        let index = self.next;
        self.next += 1;
        self.planned.iter().find(|(at, _)| *at == index).map(|(_, fault)| fault.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_plan_counts_exchanges() {
        let mut plan = FaultPlan::at(1, Fault::NoAnswer).and(3, Fault::EmptyAnswer);
        let seen: Vec<_> = (0..5).map(|_| plan.advance()).collect();
        assert_eq!(seen, [None, Some(Fault::NoAnswer), None, Some(Fault::EmptyAnswer), None]);
        assert_eq!(plan.exchanges(), 5);
    }
}
