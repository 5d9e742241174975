//! The proofs over a journal that is kept elsewhere than in a station's own file.

use super::faults;
use super::matrix::{End, check, point_in};
use super::world::World;
use crate::softchip::faults::FaultPlan;
use std::collections::BTreeMap;

pub(crate) use super::world::Opener;

/// The station dies before and after every call of the journal.
pub(crate) fn dying_at_every_call(new: &dyn Fn() -> Opener) {
    super::crashes::dying(&|| World::elsewhere(true, new()));
}

/// A fault at every APDU, its kind and parameter turning with the index: how the points ended, none of them wrongly.
pub(crate) fn a_fault_at_every_apdu(new: &dyn Fn() -> Opener) {
    let mut clean = World::elsewhere(true, new());
    clean.run(FaultPlan::none()).unwrap();
    assert_eq!(check(&clean, End::Issued), Vec::<String>::new());
    let mut ends = BTreeMap::<Option<End>, usize>::new();
    for index in 0..clean.exchanges {
        let all = faults::at(index);
        let fault = &all[usize::try_from(index).unwrap() % all.len()];
        let (end, wrong) = point_in(World::elsewhere(true, new()), index, fault);
        assert_eq!(wrong, Vec::<String>::new());
        *ends.entry(end).or_default() += 1;
    }
    println!("a fault at each of {} APDUs: {ends:?}", clean.exchanges);
    assert!(ends.contains_key(&Some(End::Issued)) && !ends.contains_key(&None), "{ends:?}");
}
