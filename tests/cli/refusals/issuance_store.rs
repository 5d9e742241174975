//! `store create` and `store migrate`.

use super::Refusal::{But, Line};
use super::place::Place;
use super::{Rows, Yes, offices};
use ektp::issuance::store::FORMAT;

pub const ROWS: &[Rows] = &[
    Rows {
        verb: "store create",
        yes: Yes::Line("--store @new.db --store-key @store.key --store-passphrase file:@pass"),
        refusals: &[
            But("output-exists", "@new.db", "@issuance.db"),
            But("store-unavailable", "@new.db", "postgres:///x?host=@none"),
            But("store-unavailable", "@new.db", "@none/new.db"),
            But("key-missing", "@store.key", "@none"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("file-unreadable", "file:@pass", "file:@none"),
        ],
    },
    Rows {
        verb: "store migrate",
        yes: Yes::Line("--store @issuance.db --store-key @store.key --store-passphrase file:@pass --backup @backup.db --dry-run"),
        refusals: &[
            But("output-exists", "@backup.db", "@taken"),
            But("store-unavailable", "@issuance.db", "@none"),
            But("store-unavailable", "@issuance.db", "@garbage"),
            But("wrong-store-key", "@store.key", "@other-store.key"),
            But("key-missing", "@store.key", "@none"),
            But("login-needed", "file:@pass", "file:@wrong"),
            But("input-invalid", "@store.key", "@gallery.key"),
            But("encoding-invalid", "@store.key", "@garbage"),
            But("encoding-invalid", "@issuance.db", "@newer.db"),
            Line("file-unreadable", "--store @issuance.db --store-key @store.key --store-passphrase file:@none --backup @b.db"),
        ],
    },
];

pub fn run() {
    let place = Place::new();
    offices::furnish(&place);
    offices::newer(&place);
    super::run_all(ROWS, &place);
    let migrated =
        place.run("store migrate --store @issuance.db --store-key @store.key --store-passphrase file:@pass --backup @b.db");
    assert_eq!(
        (migrated.yes().data()["from"].as_u64(), place.at("b.db").exists()),
        (Some(FORMAT.into()), false),
        "nothing to do"
    );
}
