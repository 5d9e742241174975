//! The procedures of the e-KTP: two starts, two kinds of holder, in an office or at home; and where each step of each happens.

/// How an application begins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Start {
    /// A summons from a list of residents who must hold a card and have none.
    Mass,
    /// The resident's own application.
    Regular,
}

/// For whom.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Holder {
    /// A citizen.
    Citizen,
    /// A foreigner with a permanent stay permit.
    ForeignResident,
}

/// Where the resident is taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mode {
    /// At a desk.
    Office,
    /// At home, for age, disability or grave illness; officers of the regency come with a mobile packet.
    HomeVisit,
}

/// A place of the procedure, seen from the application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// The ministry: centre of data, personalization of mass issuance, destruction.
    Ministry,
    /// The regency's civil registry office (Disdukcapil).
    Regency,
    /// The service point of the sub-district.
    ServicePoint,
    /// The resident's home.
    Home,
}

/// Who signs the summonses of a mass procedure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Summoner {
    /// The camat, on the list of the head of Disdukcapil.
    Camat,
    /// The head of Disdukcapil, list and summonses.
    HeadOfRegistry,
}

/// Who takes a summons.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Receiver {
    /// The head of the village.
    VillageHead,
    /// The resident.
    Resident,
}

impl std::fmt::Display for Receiver {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::VillageHead => "village-head",
            Self::Resident => "resident",
        })
    }
}

/// What the resident shows to be handed the card: stamped at capture, printed by us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Receipt {
    /// The stamped summons.
    Summons,
    /// The stamped application form.
    Form,
    /// The slip of a home visit.
    VisitSlip,
}

/// One of the eight procedures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Procedure {
    /// How it begins.
    pub start: Start,
    /// For whom.
    pub holder: Holder,
    /// Where the resident is taken.
    pub mode: Mode,
}

/// One leg of a card's way: a shipment with its manifest.
pub type Leg = (Place, Place);

const TO_SERVICE_POINT: Leg = (Place::Regency, Place::ServicePoint);
const TO_REGENCY: Leg = (Place::Ministry, Place::Regency);

impl Procedure {
    /// All of them.
    pub const ALL: [Self; 8] = {
        use Holder::{Citizen, ForeignResident};
        use Mode::{HomeVisit, Office};
        use Start::{Mass, Regular};
        [
            Self::new(Mass, Citizen, Office),
            Self::new(Mass, ForeignResident, Office),
            Self::new(Regular, Citizen, Office),
            Self::new(Regular, ForeignResident, Office),
            Self::new(Mass, Citizen, HomeVisit),
            Self::new(Mass, ForeignResident, HomeVisit),
            Self::new(Regular, Citizen, HomeVisit),
            Self::new(Regular, ForeignResident, HomeVisit),
        ]
    };

    /// A procedure.
    #[must_use]
    pub const fn new(start: Start, holder: Holder, mode: Mode) -> Self {
        Self { start, holder, mode }
    }

    /// Who signs the summons; nobody where the resident comes unasked.
    #[must_use]
    pub const fn summoner(self) -> Option<Summoner> {
        match (self.start, self.holder) {
            (Start::Regular, _) => None,
            (Start::Mass, Holder::Citizen) => Some(Summoner::Camat),
            (Start::Mass, Holder::ForeignResident) => Some(Summoner::HeadOfRegistry),
        }
    }

    /// Through which hands the summons goes to the resident, in their order; none where nobody is summoned.
    #[must_use]
    pub const fn hands(self) -> &'static [Receiver] {
        match self.summoner() {
            None => &[],
            Some(Summoner::Camat) => &[Receiver::VillageHead, Receiver::Resident],
            Some(Summoner::HeadOfRegistry) => &[Receiver::Resident],
        }
    }

    /// Where data are verified and fingers, portrait and signature taken.
    #[must_use]
    pub const fn captured_at(self) -> Place {
        match self.mode {
            Mode::HomeVisit => Place::Home,
            Mode::Office => self.desk(),
        }
    }

    /// Where the capture is consolidated with the register before it goes to the centre: a mobile packet at Disdukcapil, for citizens
    /// too.
    #[must_use]
    pub const fn consolidated_at(self) -> Place {
        match self.mode {
            Mode::HomeVisit => Place::Regency,
            Mode::Office => self.desk(),
        }
    }

    /// Where a *single* goes back to, and with whom a double is clarified.
    #[must_use]
    pub const fn result_to(self) -> Place {
        self.consolidated_at()
    }

    /// Where the chip is written.
    #[must_use]
    pub const fn personalized_at(self) -> Place {
        match self.start {
            Start::Mass => Place::Ministry,
            Start::Regular => Place::Regency,
        }
    }

    /// The shipments that bring the card to the desk that hands it over, or whose officers carry it to the holder's home.
    #[must_use]
    pub const fn delivery(self) -> &'static [Leg] {
        match (self.start, self.holder) {
            (Start::Mass, Holder::Citizen) => &[TO_REGENCY, TO_SERVICE_POINT],
            (Start::Mass, Holder::ForeignResident) => &[TO_REGENCY],
            (Start::Regular, Holder::Citizen) => &[TO_SERVICE_POINT],
            (Start::Regular, Holder::ForeignResident) => &[],
        }
    }

    /// Where the card waits for its holder: the end of [`Self::delivery`].
    #[must_use]
    pub const fn desk(self) -> Place {
        match self.holder {
            Holder::Citizen => Place::ServicePoint,
            Holder::ForeignResident => Place::Regency,
        }
    }

    /// Where the live finger is held against the card.
    #[must_use]
    pub const fn handed_over_at(self) -> Place {
        match self.mode {
            Mode::HomeVisit => Place::Home,
            Mode::Office => self.desk(),
        }
    }

    /// The shipments that bring a refused card to the ministry, where it is destroyed.
    #[must_use]
    pub const fn way_back(self) -> &'static [Leg] {
        match self.holder {
            Holder::Citizen => &[(Place::ServicePoint, Place::Regency), (Place::Regency, Place::Ministry)],
            Holder::ForeignResident => &[(Place::Regency, Place::Ministry)],
        }
    }

    /// The paper without which no card is handed over.
    #[must_use]
    pub const fn receipt(self) -> Receipt {
        match (self.mode, self.start) {
            (Mode::HomeVisit, _) => Receipt::VisitSlip,
            (Mode::Office, Start::Mass) => Receipt::Summons,
            (Mode::Office, Start::Regular) => Receipt::Form,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Place::{Home, Ministry, Regency, ServicePoint};

    /// The table of the decree's procedures, a column each.
    #[test]
    fn each_procedure_runs_where_the_table_says() {
        let columns = [
            (Start::Mass, Holder::Citizen, Some(Summoner::Camat), ServicePoint, Ministry, 2, 2),
            (Start::Mass, Holder::ForeignResident, Some(Summoner::HeadOfRegistry), Regency, Ministry, 1, 1),
            (Start::Regular, Holder::Citizen, None, ServicePoint, Regency, 1, 2),
            (Start::Regular, Holder::ForeignResident, None, Regency, Regency, 0, 1),
        ];
        for (start, holder, summoner, desk, personalized, delivery, back) in columns {
            let p = Procedure::new(start, holder, Mode::Office);
            assert_eq!(p.summoner(), summoner);
            assert_eq!([p.captured_at(), p.consolidated_at(), p.result_to(), p.handed_over_at()], [desk; 4]);
            assert_eq!((p.personalized_at(), p.delivery().len(), p.way_back().len()), (personalized, delivery, back));
        }
    }

    #[test]
    fn a_home_visit_is_taken_and_handed_over_at_home_and_consolidated_at_the_regency() {
        for p in Procedure::ALL.into_iter().filter(|p| p.mode == Mode::HomeVisit) {
            assert_eq!([p.captured_at(), p.handed_over_at()], [Home; 2]);
            assert_eq!([p.consolidated_at(), p.result_to()], [Regency; 2]);
            let office = Procedure::new(p.start, p.holder, Mode::Office);
            assert_eq!(
                (p.personalized_at(), p.delivery(), p.way_back()),
                (office.personalized_at(), office.delivery(), office.way_back())
            );
            assert_eq!(p.receipt(), Receipt::VisitSlip);
        }
    }

    #[test]
    fn every_way_begins_where_the_card_is_and_is_unbroken() {
        for p in Procedure::ALL {
            let follow = |from: Place, legs: &[Leg]| {
                legs.iter().fold(from, |at, (start, end)| {
                    assert_eq!(at, *start, "{p:?}");
                    *end
                })
            };
            assert_eq!(follow(p.personalized_at(), p.delivery()), p.desk(), "{p:?}");
            assert_eq!(follow(p.desk(), p.way_back()), Ministry, "{p:?}");
        }
    }
}
