//! One personalization from blank to receipt, without a fault.

use super::inspection::missing;
use super::services::pki;
use super::world::World;
use crate::perso::engine::Outcome;
use crate::perso::journal::Ledger as _;
use crate::perso::receipt::Receipt;
use crate::perso::state::State;
use crate::softchip::State as ChipState;
use crate::softchip::faults::FaultPlan;

fn issued(outcome: Outcome) -> Receipt {
    match outcome {
        Outcome::Issued(receipt) => *receipt,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_blank_becomes_a_locked_card_with_a_receipt() {
    for aa in [false, true] {
        let mut world = World::new(aa);
        let receipt = issued(world.run(FaultPlan::none()).unwrap());
        let job = world.job().unwrap();
        assert_eq!((job.state, job.custody.name(), job.runs), (State::Issued, "RELEASE", 1));
        assert_eq!(world.chip.lock().unwrap().state(), ChipState::Locked);
        assert_eq!(world.violations, Vec::<&str>::new());
        assert_eq!(missing(&world.chip, &world.work.files), Vec::<&str>::new());
        assert_eq!(receipt.keys.len(), if aa { 2 } else { 1 });
        assert_eq!(
            (receipt.number, receipt.card_status.as_str(), receipt.keys_held_by.as_str()),
            (1, "not handed over", "station")
        );
        assert_eq!(receipt.files.len(), world.work.files.0.len() + if aa { 3 } else { 2 });
        assert!(!receipt.certificates.document_signer.is_empty());
        let json = String::from_utf8(receipt.to_json()).unwrap();
        assert!(!json.contains(super::world::CAN), "no password in a receipt");
        assert_eq!(Receipt::from_json(json.as_bytes()).unwrap(), receipt);
        assert_eq!(world.journal.verify_chain(Some(&pki().trust)), Ok(1));
        // The same job again is the same receipt, without a chip.
        let apdus = world.job().unwrap().apdus;
        assert_eq!(issued(world.run(FaultPlan::none()).unwrap()), receipt);
        assert_eq!((world.exchanges, world.job().unwrap().apdus), (0, apdus));
        assert_eq!(world.journal.chain_head().unwrap().n, 1);
    }
}
