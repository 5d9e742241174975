//! `--fault KIND@N[:PARAM]` of `ektp chip serve`: what goes wrong at which command.

use crate::softchip::faults::{Fault, FaultPlan};
use std::path::PathBuf;
use std::str::FromStr;

/// Most bytes by which a fault makes an answer longer or shorter: what a frame of the virtual reader holds.
const MOST_BYTES: usize = 65_535;

/// One fault, as it was typed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct FaultArg {
    /// Which command has it, from 1, as messages count APDUs.
    number: u64,
    fault: Fault,
    /// The chip that is swapped in.
    other: Option<PathBuf>,
    text: String,
}

impl FaultArg {
    /// Whether it is this command's fault, counted from 0.
    pub(super) fn is_at(&self, index: u64) -> bool {
        self.number == index + 1
    }
}

impl std::fmt::Display for FaultArg {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl FromStr for FaultArg {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let (kind, rest) = text.split_once('@').ok_or("a fault is KIND@N[:PARAM], e.g. removed@40 or torn@40:17")?;
        let (index, param) = match rest.split_once(':') {
            Some((index, param)) => (index, Some(param)),
            None => (rest, None),
        };
        let number = index.parse().ok().filter(|n| *n > 0);
        let number = number.ok_or_else(|| format!("`{index}` is no number of a command: they count from 1"))?;
        let (fault, other) = match (kind, param) {
            ("swapped", Some(path)) if !path.is_empty() => (Fault::Swapped, Some(PathBuf::from(path))),
            ("swapped", _) => return Err("swapped@N:FILE needs the state file of the other chip".to_owned()),
            (_, None) => (bare(kind)?, None),
            (_, Some(param)) => (with_param(kind, param)?, None),
        };
        Ok(Self { number, fault, other, text: text.to_owned() })
    }
}

fn bare(kind: &str) -> Result<Fault, String> {
    Ok(match kind {
        "removed" => Fault::RemovedBefore,
        "removed-after" => Fault::RemovedAfter,
        "not-delivered" => Fault::NotDelivered,
        "no-answer" => Fault::NoAnswer,
        "late-answer" => Fault::LateAnswer,
        "twice" => Fault::DeliveredTwice,
        "empty" => Fault::EmptyAnswer,
        "reset" => Fault::ForeignReset,
        "torn" | "status" | "status-after" | "truncated" | "oversize" | "flip-in" | "flip-out" => {
            return Err(format!("{kind}@N:PARAM needs its parameter"));
        }
        _ => return Err(format!("`{kind}` is no kind of fault")),
    })
}

fn with_param(kind: &str, param: &str) -> Result<Fault, String> {
    let number = || param.parse::<u64>().map_err(|_| format!("`{param}` is no number"));
    let bounded = || {
        let number = number().ok().and_then(|n| usize::try_from(n).ok()).filter(|n| *n <= MOST_BYTES);
        number.ok_or_else(|| format!("`{param}` is no number up to {MOST_BYTES}"))
    };
    let status = || match (param.len(), u16::from_str_radix(param, 16)) {
        (4, Ok(status)) if param.bytes().all(|b| b.is_ascii_hexdigit()) => Ok(status),
        _ => Err(format!("`{param}` is no status word of four hexadecimal digits")),
    };
    Ok(match kind {
        "torn" => Fault::TornAfter(number()?),
        "status" => Fault::WrongStatusInstead(status()?),
        "status-after" => Fault::WrongStatusAfter(status()?),
        "truncated" => Fault::Truncated(bounded()?),
        "oversize" => Fault::Oversize(bounded()?),
        "flip-in" => Fault::BitFlippedIn(bounded()?),
        "flip-out" => Fault::BitFlippedOut(bounded()?),
        _ => return Err(bare(kind).map_or_else(|e| e, |_| format!("{kind}@N takes no parameter"))),
    })
}

/// The plan of all faults, and the state file of the chip that is swapped in.
///
/// # Errors
/// A text for people: two faults of one command, or more than one swap.
pub(super) fn plan(faults: &[FaultArg]) -> Result<(FaultPlan, Option<PathBuf>), String> {
    let mut plan = FaultPlan::none();
    let mut other = None;
    for (at, fault) in faults.iter().enumerate() {
        if faults.iter().take(at).any(|f| f.number == fault.number) {
            return Err(format!("command {} has two faults", fault.number));
        }
        if fault.other.is_some() && std::mem::replace(&mut other, fault.other.clone()).is_some() {
            return Err("chips are swapped once at most".to_owned());
        }
        plan = plan.and(fault.number - 1, fault.fault.clone());
    }
    Ok((plan, other))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<(u64, Fault), String> {
        text.parse::<FaultArg>().map(|f| (f.number, f.fault))
    }

    #[test]
    fn every_kind_is_read() {
        let rows = [
            ("removed@1", Fault::RemovedBefore),
            ("removed-after@1", Fault::RemovedAfter),
            ("torn@1:17", Fault::TornAfter(17)),
            ("not-delivered@1", Fault::NotDelivered),
            ("no-answer@1", Fault::NoAnswer),
            ("late-answer@1", Fault::LateAnswer),
            ("status@1:6F00", Fault::WrongStatusInstead(0x6F00)),
            ("status-after@1:6a80", Fault::WrongStatusAfter(0x6A80)),
            ("twice@1", Fault::DeliveredTwice),
            ("truncated@1:3", Fault::Truncated(3)),
            ("oversize@1:65535", Fault::Oversize(65_535)),
            ("empty@1", Fault::EmptyAnswer),
            ("flip-in@1:9", Fault::BitFlippedIn(9)),
            ("flip-out@1:9", Fault::BitFlippedOut(9)),
            ("reset@1", Fault::ForeignReset),
            ("swapped@1:a:b", Fault::Swapped),
        ];
        for (text, fault) in rows {
            assert_eq!(parse(text), Ok((1, fault)), "{text}");
        }
        let swap: FaultArg = "swapped@7:a:b".parse().unwrap();
        assert_eq!((swap.number, swap.other.clone(), swap.to_string()), (7, Some("a:b".into()), "swapped@7:a:b".to_owned()));
    }

    #[test]
    fn every_other_text_is_refused_by_what_is_wrong() {
        let rows = [
            ("removed", "a fault is KIND@N[:PARAM], e.g. removed@40 or torn@40:17"),
            ("removed@x", "`x` is no number of a command: they count from 1"),
            ("removed@0", "`0` is no number of a command: they count from 1"),
            ("melted@1", "`melted` is no kind of fault"),
            ("melted@1:2", "`melted` is no kind of fault"),
            ("torn@1", "torn@N:PARAM needs its parameter"),
            ("torn@1:many", "`many` is no number"),
            ("removed@1:2", "removed@N takes no parameter"),
            ("status@1:6F", "`6F` is no status word of four hexadecimal digits"),
            ("status@1:+F00", "`+F00` is no status word of four hexadecimal digits"),
            ("oversize@1:65536", "`65536` is no number up to 65535"),
            ("swapped@1", "swapped@N:FILE needs the state file of the other chip"),
        ];
        for (text, message) in rows {
            assert_eq!(parse(text), Err(message.to_owned()), "{text}");
        }
    }

    #[test]
    fn one_fault_a_command_and_one_swap() {
        let of = |texts: &[&str]| plan(&texts.iter().map(|t| t.parse().unwrap()).collect::<Vec<_>>()).map(|(_, other)| other);
        assert_eq!(of(&["removed@1", "swapped@2:x"]), Ok(Some("x".into())));
        assert_eq!(of(&["removed@1", "reset@1"]), Err("command 1 has two faults".to_owned()));
        assert_eq!(of(&["swapped@1:x", "swapped@2:y"]), Err("chips are swapped once at most".to_owned()));
    }
}
