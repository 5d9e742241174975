//! The store's promises, the same on both databases.

mod audits;
mod claims;
mod crash;
mod home;
mod journals;
pub(in crate::issuance) mod laws;
mod lives;
mod model;
pub(in crate::issuance) mod moves;
pub(in crate::issuance) mod people;
mod persons;
mod races;
mod register;
mod secrets;
mod stock;
mod upkeep;
mod walk;

pub(in crate::issuance) use home::{File, Home, Server, key, server};

/// Each of these functions as a test of its own on both databases.
macro_rules! on_both {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&mut crate::issuance::store::tests::File::new()); })+
        }
        mod postgres {
            $(#[test] fn $name() {
                if let Some(server) = crate::issuance::store::tests::server() {
                    super::$name(&mut server.database());
                }
            })+
        }
    };
}
pub(in crate::issuance) use on_both;

/// An application of the n-th person with a sealed part, by a desk of its own.
pub(in crate::issuance) fn an_application(store: &mut dyn super::Store, n: u32) -> Result<super::Done, super::StoreError> {
    let name = format!("n{n}");
    let mut rng = crate::world::DangerousSeededEntropy::new(n.into());
    let biodata = home::key().seal(super::Kind::Application, &people::id(&name), super::Part::Biodata, &[7; 9_000], &mut rng)?;
    let mut desk = moves::Desk { office: "3273", job: 10_000 + n };
    desk.take(store, vec![moves::applied(&name, n).with_sealed(biodata)])
}

/// Two of them: two rows of the audit.
pub(super) fn two_applications(store: &mut dyn super::Store) {
    for n in [1_001, 1_002] {
        an_application(store, n).unwrap();
    }
}

/// A card that was its holder's, and is revoked.
pub(super) fn a_revoked_card(store: &mut dyn super::Store) {
    let mut desk = moves::Desk::new("3273");
    moves::to_active(&mut desk, store, "a", 1, "c", "s");
    desk.done(store, moves::card_steps("c", &[crate::issuance::card::Step::Revoke]));
}

/// A shift at a station, which stores have from format 2 on.
pub(super) fn a_shift(store: &mut dyn super::Store) {
    let opening = super::Opening::Shift { station: people::word("enc-1") };
    moves::Desk { office: "3273", job: 1_000 }.done(store, vec![super::Move::open(people::id("h"), opening)]);
}
