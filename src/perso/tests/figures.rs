//! APDUs and wire bytes of a personalization, counted at the port and held to their bounds.

use super::inspection::Peek;
use super::world::World;
use crate::chip::scp03::Level;
use crate::lds::build::{Built, Numbers, build};
use crate::lds::file_id::FileId;
use crate::lds::profile::Profile;
use crate::lds::resident::citizen;
use crate::perso::chunk::ChunkSize;
use crate::perso::engine::Outcome;
use crate::perso::journal::Journal;
use crate::perso::stream::Reserve;
use crate::softchip::faults::{Fault, FaultPlan};
use crate::world::DangerousSeededEntropy;

/// The exchange after the first tap's last PUT KEY.
const AFTER_FIRST_TAP: u64 = 9;

fn card(profile: &Profile) -> Built {
    let numbers = Numbers::draw(&citizen(), profile, &mut DangerousSeededEntropy::new(6));
    build(&citizen(), profile, profile.face, numbers).unwrap()
}

/// APDUs, wire bytes and payload of a blank that holds its chip-unique keys.
fn measured(profile: &Profile, built: &Built, level: Level) -> (u64, u64, usize, usize) {
    let mut world = World::with_capacity(profile.active_authentication, profile.capacity);
    let budget = |file| profile.budget(file);
    let dg15 = profile.active_authentication.then(|| budget(FileId::Dg15));
    world.work.files = built.files.clone();
    world.work.reserve = Reserve { dg14: budget(FileId::Dg14), dg15, sod: budget(FileId::Sod) };
    world.options.chunk = ChunkSize::new(239).unwrap();
    world.options.level = level;
    let mut journal = Journal::in_memory(&world.store).unwrap();
    let mut peek = Peek::new(&world.chip, None);
    let tapped = world.run_with(&mut journal, &mut peek, FaultPlan::at(AFTER_FIRST_TAP, Fault::NotDelivered));
    assert!(matches!(tapped, Ok(Outcome::Resumable(_))), "{tapped:?}");
    let Ok(Outcome::Issued(receipt)) = world.run_with(&mut journal, &mut peek, FaultPlan::none()) else { panic!() };
    let files: usize = receipt.files.iter().map(|f| f.bytes).sum();
    // Passwords, trust point and the digest of what was authorized travel in the stream and count as payload.
    let secrets = 8 + world.work.job.trust_point.len() + 32;
    (world.traffic.exchanges, world.traffic.sent + world.traffic.received, files + secrets, receipt.files.len())
}

#[test]
fn apdus_and_wire_bytes_stay_below_their_bounds() {
    for (name, l03, l33, most_more) in [("ektp-8k", 1.23, 1.28, 16), ("ektp-80k", 1.13, 1.17, 19)] {
        let profile = Profile::named(name).unwrap();
        let built = card(&profile);
        for (level, bound) in [(Level::CMacCEnc, l03), (Level::Full, l33)] {
            let (apdus, wire, payload, files) = measured(&profile, &built, level);
            let most = (payload + 5 * files).div_ceil(239) + most_more;
            #[allow(clippy::cast_precision_loss)]
            let ratio = wire as f64 / payload as f64;
            println!(
                "{name} {level:?}: {apdus} APDUs (at most {most}), {wire} wire bytes for {payload}: {ratio:.3} (at most {bound})"
            );
            assert!(usize::try_from(apdus).unwrap() <= most, "{name} {level:?}: {apdus} APDUs, at most {most}");
            assert!(ratio <= bound, "{name} {level:?}: {ratio}, at most {bound}");
        }
    }
}
