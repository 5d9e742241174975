//! `status …`: cards in their holders' hands that are revoked, suspended and valid again, and cards that are not on their shelf.

use super::Refusal::{Act, But, Line};
use super::country::Country;
use super::place::Place;
use super::{Rows, Yes, desk_line, of_desk, offices, transit};
use ektp::issuance::Role;
use ektp::issuance::card::State;
use ektp::issuance::store::{Id, Move, Opening, Word};

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "status revoke",
        yes: Yes::Line(desk_line!("c1 --because death --paper @taken --job-id j-revoke", "31.71.01", "supervisor")),
        refusals: of_desk!("@supervisor.key", "j-revoke", "used.0";
            But("wrong-state", "j-revoke", "j-other"),
            But("wrong-state", "death", "data-wrong"),
            But("identifier-unknown", "c1", "c9"),
            But("job-conflict", "death", "lost"),
            But("usage", "death", "boredom"),
            But("file-unreadable", "@taken", "@none"),
            But("input-invalid", "@taken", "@huge"),
            Line("not-permitted", desk_line!("c2 --because fraud --paper @taken", "31.71.01", "operator")),
            Act("offline-queued", |place| transit::afar(place, "status revoke c95 --because lost --paper @taken", ("supervisor", None))),
        ),
    },
    Rows {
        verb: "status suspend",
        yes: Yes::Line(desk_line!(
            "c2 --because two-claim-it --job-id j-suspend",
            "ministry",
            "adjudicator",
            "supervisor-ministry"
        )),
        refusals: of_desk!("@adjudicator.key", "j-suspend", "used.0";
            But("wrong-state", "j-suspend", "j-other"),
            Line("identifier-unknown", desk_line!("c99 --because asked", "ministry", "adjudicator", "supervisor-ministry")),
            Line("wrong-state", desk_line!("c3 --because asked", "ministry", "adjudicator", "supervisor-ministry")),
            Line("not-permitted", desk_line!("c4 --because alone", "ministry", "adjudicator")),
        ),
    },
    Rows {
        verb: "status resume",
        yes: Yes::Line(desk_line!("c2 --because known --job-id j-resume", "ministry", "adjudicator", "supervisor-ministry")),
        refusals: of_desk!("@adjudicator.key", "j-resume", "used.0";
            But("wrong-state", "j-resume", "j-other"),
            Line("identifier-unknown", desk_line!("c99 --because asked", "ministry", "adjudicator", "supervisor-ministry")),
            Line("not-permitted", desk_line!("c5 --because alone", "ministry", "adjudicator")),
        ),
    },
    Rows {
        verb: "status missing",
        yes: Yes::Line(desk_line!("c3 --because counted --job-id j-missing", "31.71.01", "operator", "supervisor")),
        refusals: of_desk!("@operator.key", "j-missing", "used.0";
            But("wrong-state", "j-missing", "j-other"),
            Line("identifier-unknown", desk_line!("c99 --because asked", "31.71.01", "operator", "supervisor")),
            Line("not-permitted", desk_line!("c6 --because counted", "31.71", "regency-operator", "regency-supervisor")),
            Line("not-permitted", desk_line!("c6 --because counted", "31.71.01", "operator")),
        ),
    },
    Rows {
        verb: "status found",
        yes: Yes::Line(desk_line!("c3 --because behind --job-id j-found", "31.71.01", "operator", "supervisor")),
        refusals: of_desk!("@operator.key", "j-found", "used.0";
            But("wrong-state", "j-found", "j-other"),
            Line("identifier-unknown", desk_line!("c99 --because asked", "31.71.01", "operator", "supervisor")),
            Line("wrong-state", desk_line!("c6 --because here", "31.71.01", "operator", "supervisor")),
            Line("not-permitted", desk_line!("c7 --because here", "31.71.01", "operator")),
        ),
    },
];

pub fn run() {
    let place = Place::new();
    offices::furnish(&place);
    transit::own(&place);
    let mut country = Country::of(&place);
    for (n, given) in [(1, true), (2, true), (3, false), (4, true), (5, true), (6, false), (7, false)] {
        country.at_point(n, given);
    }
    let opening = Opening::Blank { of: Word::parse("t").unwrap() };
    country.under("used.0", "31.71", vec![(Move::open(Id::parse("U1").unwrap(), opening), Role::Personalizer, None)]);
    drop(country);
    let two = offices::desk("ministry", "adjudicator", Some("supervisor-ministry"));
    place.run(&format!("status suspend c5 --because asked {two}")).yes();
    let two = offices::desk("31.71.01", "operator", Some("supervisor"));
    place.run(&format!("status missing c7 --because counted {two}")).yes();
    super::run_all(ROWS, &place);
    let mut country = Country::of(&place);
    let states = [1, 2, 3, 4, 5, 6, 7].map(|n| country.card(&format!("c{n}")));
    let expected =
        [State::Revoked, State::Active, State::Returning, State::Active, State::Suspended, State::Waiting, State::Missing];
    assert_eq!(states, expected);
}
