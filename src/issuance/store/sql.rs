//! The statements that both databases understand, and the columns that only some kinds of things have. Parameters are `$1`, `$2`, …

use super::rule::Kind;
use super::standing::{Page, Spread, Work};
use super::word::Id;

/// The columns of a kind that others call otherwise, or have not.
pub(super) struct Spec {
    pub subject: Option<&'static str>,
    pub family: Option<&'static str>,
    pub owner: Option<&'static str>,
    pub word: &'static str,
    /// What a batch or shipment holds.
    pub item: Option<Kind>,
}

pub(super) const fn spec(kind: Kind) -> Spec {
    let plain = Spec { subject: None, family: None, owner: None, word: "type", item: None };
    match kind {
        Kind::Application => Spec { subject: Some("subject"), family: Some("family"), word: "procedure", ..plain },
        Kind::Card => Spec { subject: Some("subject"), owner: Some("application"), word: "number", ..plain },
        Kind::Blank => Spec { owner: Some("card"), ..plain },
        Kind::Batch => Spec { item: Some(Kind::Application), ..plain },
        Kind::Shipment => Spec { word: "destination", item: Some(Kind::Card), ..plain },
        Kind::Shift => Spec { word: "station", ..plain },
        Kind::Incident => Spec { word: "about", ..plain },
        Kind::Resident => Spec { subject: Some("subject"), owner: Some("family"), word: "source", ..plain },
    }
}

/// What a parameter may be.
#[derive(Debug, Clone, Copy)]
pub(super) enum Param<'a> {
    Text(&'a str),
    Int(i64),
    Bytes(&'a [u8]),
}

/// A statement and its parameters.
pub(super) struct Query<'a> {
    pub sql: String,
    pub params: Vec<Param<'a>>,
}

/// Where a database keeps the keys by which an application or a card is found; they never change.
#[derive(Debug, Clone, Copy)]
pub(super) enum Keys {
    /// In its row.
    Inside,
    /// In a row of their own, whose indexes no step touches.
    Apart,
}

impl Keys {
    /// The columns that lie apart, the id first.
    const fn apart(self, kind: Kind) -> &'static [&'static str] {
        match (self, kind) {
            (Self::Apart, Kind::Application) => &["id", "subject", "family", "office", "since"],
            (Self::Apart, Kind::Card) => &["id", "subject", "application"],
            _ => &[],
        }
    }

    /// What is read where things of a kind are found by a column.
    fn source(self, kind: Kind, column: &str) -> String {
        let table = kind.name();
        if self.apart(kind).contains(&column) { format!("{table} JOIN {table}_key ON key_id = id") } else { table.to_owned() }
    }

    /// That column.
    fn column(self, kind: Kind, column: &str) -> String {
        if self.apart(kind).contains(&column) { format!("key_{column}") } else { column.to_owned() }
    }
}

/// The columns of [`super::rows::standing`], in its order.
fn columns(kind: Kind) -> String {
    let of = spec(kind);
    let or_null = |column: Option<&'static str>| column.unwrap_or("NULL");
    format!(
        "id, state, office, custody, {}, {}, {}, {}, priority, since, changed, revision, format",
        or_null(of.subject),
        or_null(of.family),
        or_null(of.owner),
        of.word
    )
}

/// The thing with the id `$1`.
pub(super) fn standing(kind: Kind) -> String {
    format!("SELECT {} FROM {} WHERE id = $1", columns(kind), kind.name())
}

/// Things of which a key's column is `$1`, oldest first.
pub(super) fn standing_by(kind: Kind, column: &str, keys: Keys) -> String {
    let (columns, source, key) = (columns(kind), keys.source(kind, column), keys.column(kind, column));
    format!("SELECT {columns} FROM {source} WHERE {key} = $1 ORDER BY since, id LIMIT $2")
}

/// The thing with a word that began last at an office.
pub(super) fn latest(kind: Kind) -> String {
    let (columns, table, word) = (columns(kind), kind.name(), spec(kind).word);
    format!("SELECT {columns} FROM {table} WHERE {word} = $1 AND office = $2 ORDER BY since DESC, id DESC LIMIT 1")
}

/// A page, by whichever index fits.
pub(super) fn page<'a>(page: &'a Page, limit: i64, keys: Keys) -> Query<'a> {
    let mut params = Vec::new();
    let mut bind = |param: Param<'a>| {
        params.push(param);
        format!("${}", params.len())
    };
    let mut when = vec!["1 = 1".to_owned()];
    if let Some(state) = page.state {
        when.push(format!("state = {}", bind(Param::Text(state))));
    }
    // The index of a state is in the order of work, the others in that of age.
    let is_work = page.state.is_some() && page.office.is_none();
    let keys = if is_work { Keys::Inside } else { keys };
    let key = |name| keys.column(page.kind, name);
    if let Some(office) = &page.office {
        when.push(format!("{} = {}", key("office"), bind(Param::Text(office.as_str()))));
    }
    if let Some(before) = page.before {
        when.push(format!("{} < {}", key("since"), bind(Param::Int(before.as_microsecond()))));
    }
    let oldest = || if keys.apart(page.kind).contains(&"since") { "key_since, key_id" } else { "since, id" };
    let order = if is_work { "priority, changed, id" } else { oldest() };
    if let Some(after) = &page.after {
        let (int, id) = (|time: jiff::Timestamp| Param::Int(time.as_microsecond()), Param::Text(after.id.as_str()));
        let work = vec![Param::Int(after.priority.into()), int(after.changed), id];
        let last = if is_work { work } else { vec![int(after.since), id] };
        let last: Vec<String> = last.into_iter().map(&mut bind).collect();
        when.push(format!("({order}) > ({})", last.join(", ")));
    }
    let limit = bind(Param::Int(limit));
    let (columns, source, when) = (columns(page.kind), keys.source(page.kind, "since"), when.join(" AND "));
    Query { sql: format!("SELECT {columns} FROM {source} WHERE {when} ORDER BY {order} LIMIT {limit}"), params }
}

/// Which work is claimed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Wanted<'a> {
    /// The first that is free.
    First,
    /// This, if it is free.
    This(&'a Id),
    /// This, if it is free or the station's own.
    Own(&'a Id),
}

/// Work: the first thing in a state that is free, taken. `locked` is how the database passes over what others are taking.
pub(super) fn claim<'a>(work: &'a Work, wanted: Wanted<'a>, locked: &str) -> Query<'a> {
    let until = work.now.as_microsecond().saturating_add(i64::from(work.lease_seconds).saturating_mul(1_000_000));
    let table = work.kind.name();
    let (one, this, own) = match wanted {
        Wanted::First => (None, "", ""),
        Wanted::This(id) => (Some(id), " AND id = $5", ""),
        Wanted::Own(id) => (Some(id), " AND id = $5", " OR claim_by = $1"),
    };
    // A claim from the future is one from before the clock went back.
    let sql = format!(
        "UPDATE {table} SET claim_by = $1, claim_from = $2, claim_until = $3, fence = fence + 1 WHERE id = \
         (SELECT id FROM {table} WHERE state = $4 AND (claim_by IS NULL OR claim_until <= $2 OR claim_from > $2{own}){this} \
         ORDER BY priority, changed, id LIMIT 1{locked}) RETURNING id, fence"
    );
    let now = Param::Int(work.now.as_microsecond());
    let mut params = vec![Param::Text(work.station.as_str()), now, Param::Int(until), Param::Text(work.state)];
    params.extend(one.map(|id| Param::Text(id.as_str())));
    Query { sql, params }
}

/// Gives work back: the claim of this fence, if it still stands.
pub(super) fn release(kind: Kind) -> String {
    let table = kind.name();
    format!(
        "UPDATE {table} SET claim_by = NULL, claim_from = NULL, claim_until = NULL \
         WHERE id = $1 AND claim_by = $2 AND fence = $3"
    )
}

/// What decides whether a step may be taken.
pub(super) fn ground(kind: Kind) -> String {
    let owner = spec(kind).owner.unwrap_or("NULL");
    let table = kind.name();
    format!("SELECT state, {owner}, fence, claim_by, claim_from, claim_until, revision FROM {table} WHERE id = $1")
}

/// The first thing that no row of the audit left as it stands, or whose last row is missing, or whose keys are not its own.
pub(super) fn unaccounted(kind: Kind, keys: Keys) -> String {
    let table = kind.name();
    let (mut key, mut not_its_own) = (String::new(), String::new());
    let apart = keys.apart(kind);
    if !apart.is_empty() {
        let all = |of: &str| apart.iter().map(|column| format!("{of}{column}")).collect::<Vec<_>>().join(", ");
        key = format!(" LEFT JOIN {table}_key k ON k.key_id = t.id");
        not_its_own = format!(" OR ({}) IS DISTINCT FROM ({})", all("k.key_"), all("t."));
    }
    format!(
        "SELECT t.id FROM {table} t LEFT JOIN audit a ON a.kind = '{table}' AND a.id = t.id AND a.revision = t.revision{key} \
         WHERE a.n IS NULL OR a.now <> t.state OR a.office <> t.custody{not_its_own} ORDER BY t.id LIMIT 1"
    )
}

/// How many things of a kind stand where.
pub(super) fn counts(kind: Kind) -> String {
    // Of what there are millions the index of states is read, and nothing else.
    let word = match kind {
        Kind::Blank | Kind::Batch => spec(kind).word,
        _ => "NULL",
    };
    let table = kind.name();
    format!("SELECT state, {word}, count(*), min(changed) FROM {table} GROUP BY 1, 2 ORDER BY 1, 2")
}

/// How things of a kind are spread over states and ages.
pub(super) fn spread(of: &Spread, keys: Keys) -> Query<'_> {
    let mut params: Vec<Param<'_>> = of.ages.iter().map(|at| Param::Int(at.as_microsecond())).collect();
    let ages: Vec<String> = (1..=params.len()).map(|n| format!("WHEN changed >= ${n} THEN {}", n - 1)).collect();
    let age = if ages.is_empty() { "0".to_owned() } else { format!("CASE {} ELSE {} END", ages.join(" "), ages.len()) };
    let (word, held) = match of.kind {
        Kind::Blank => (spec(of.kind).word, "custody"),
        Kind::Batch => (spec(of.kind).word, "office"),
        Kind::Card | Kind::Shipment => ("NULL", "custody"),
        _ => ("NULL", "office"),
    };
    let (mut source, mut when) = (of.kind.name().to_owned(), String::new());
    if let Some(office) = &of.office {
        params.push(Param::Text(office.as_str()));
        source = keys.source(of.kind, held);
        when = format!(" WHERE {} = ${}", keys.column(of.kind, held), params.len());
    }
    let sql = format!(
        "SELECT state, {word}, CAST({age} AS BIGINT), count(*), min(changed) FROM {source}{when} GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
    );
    Query { sql, params }
}

const ROW: &str = "office, n, kind, id, revision, was, now, at, job, part, statement, hands, head";

/// Rows of an office after a number.
pub(super) fn rows() -> String {
    format!("SELECT {ROW} FROM audit WHERE office = $1 AND n > $2 ORDER BY n LIMIT $3")
}

/// The life of a thing.
pub(super) fn history() -> String {
    format!("SELECT {ROW} FROM audit WHERE kind = $1 AND id = $2 AND revision > $3 ORDER BY revision LIMIT $4")
}

/// What a job did.
pub(super) fn job() -> String {
    format!("SELECT {ROW} FROM audit WHERE job = $1 ORDER BY part")
}

pub(super) const HEADS: &str = "SELECT office, n, head FROM chain WHERE n > 0 ORDER BY office LIMIT $1";
pub(super) const SEALED: &str = "SELECT bytes FROM sealed WHERE kind = $1 AND id = $2 AND part = $3";
pub(super) const RECEIPT: &str = "SELECT body FROM perso_receipt WHERE job = $1";
/// A journal and a card meet by the document number, which each has once.
pub(super) const CARD_OF_CHIP: &str =
    "SELECT card.id FROM perso_job JOIN card ON card.number = perso_job.document_number WHERE perso_job.chip_serial = $1";
pub(super) const CHIP_OF_CARD: &str =
    "SELECT perso_job.chip_serial FROM perso_job JOIN card ON card.number = perso_job.document_number WHERE card.id = $1";
pub(super) const SEAL: &str = "INSERT INTO sealed (kind, id, part, bytes) VALUES ($1, $2, $3, $4) \
     ON CONFLICT (kind, id, part) DO UPDATE SET bytes = excluded.bytes";
/// What an application was kept under.
pub(super) const UNMARK: &str = "DELETE FROM likeness WHERE application = $1";
pub(super) const MARK: &str = "INSERT INTO likeness (mark, application) VALUES ($1, $2) ON CONFLICT DO NOTHING";

/// The same with all marks at once, which PostgreSQL takes.
pub(super) const MARK_ALL: &str =
    "INSERT INTO likeness (mark, application) SELECT unnest($1::bytea[]), $2 ON CONFLICT DO NOTHING";

/// Applications by marks, those with the most of them first.
pub(super) fn marked(any: &str, limit: &str) -> String {
    format!(
        "SELECT application FROM likeness WHERE mark {any} GROUP BY application ORDER BY count(*) DESC, application LIMIT {limit}"
    )
}

pub(super) const STORE: &str = "SELECT id, format, key_check FROM store";

/// The tables that a format adds, in a database's own words.
pub(super) fn tables(format: u32, bytes: &str, int: &str, strict: &str) -> String {
    let text = match format {
        1 => include_str!("tables.sql"),
        2 => include_str!("tables-2.sql"),
        4 => include_str!("tables-4.sql"),
        _ => "",
    };
    // Where rows lie in the order of their key, if the database is told so.
    let clustered = if strict.is_empty() { String::new() } else { format!("{strict}, WITHOUT ROWID") };
    text.replace(":bytes", bytes).replace(":int", int).replace(":strict", strict).replace(":clustered", &clustered)
}
