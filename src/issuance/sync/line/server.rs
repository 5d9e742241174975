//! The answering side: it keeps what comes and gives what waits, for the offices below. It opens no store and has no officer's key.

use super::http::{self, Answer, Request, number};
use super::seats::Seats;
use super::tls::{Credentials, office};
use super::{Have, Hello, List, Listed};
use crate::issuance::office::Office;
use crate::issuance::officer::Roster;
use crate::issuance::sync::folder::is_on_its_way;
use crate::issuance::sync::item::{Item, Sha};
use crate::issuance::sync::parts::Parts;
use crate::issuance::sync::spool::{Entry, Spool};
use crate::issuance::sync::{Shown, SyncError};
use crate::limits::{SYNC_ANSWER_BYTES, SYNC_CHUNK_BYTES};
use crate::reason::{Reason, Refusal as _};
use crate::world::Clock;
use rustls::{ServerConnection, StreamOwned};
use std::net::{TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// Longest silence of a connected office.
const IDLE: Duration = Duration::from_secs(30);

/// Told of what is asked: by which office if it is known, what, and why it was refused.
pub type Told<'a> = dyn Fn(Option<Office>, &str, Option<Reason>) + Sync + 'a;

/// What answers.
pub struct Service<'a> {
    /// The office's folder.
    pub spool: Spool,
    /// Grants as far as they are known here, read for each connection.
    pub roster: &'a (dyn Fn() -> Result<Roster, SyncError> + Sync),
    /// The office's clock.
    pub clock: &'a (dyn Clock + Sync),
    /// Told of what is asked: the office, and what came of it.
    pub told: &'a Told<'a>,
}

impl std::fmt::Debug for Service<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Service({})", self.spool.office())
    }
}

/// Answers until `stop`: a thread for each connection. Where all places are taken, a new one gets that of somebody who is not proven to be an
/// office, or has been silent the longest: whoever says nothing whole shuts nobody out. How many requests were answered.
///
/// # Errors
/// [`SyncError::Line`], or that nobody can be listened to.
pub fn serve(
    listener: &TcpListener,
    service: &Service<'_>,
    credentials: &Credentials,
    stop: &AtomicBool,
) -> Result<u64, SyncError> {
    let config = credentials.server()?;
    let parts = service.spool.parts("line")?;
    let shared = Shared { service, parts, one: Mutex::new(()), answered: AtomicU64::new(0), seats: Seats::default() };
    std::thread::scope(|scope| {
        while !stop.load(Ordering::SeqCst) {
            let Ok((stream, _)) = listener.accept() else { continue };
            if stop.load(Ordering::SeqCst) {
                break;
            }
            // Whoever finds no place asks again: nothing is lost by that.
            let Ok(seat) = shared.seats.take(&stream) else { continue };
            let (shared, config) = (&shared, Arc::clone(&config));
            scope.spawn(move || {
                if let Err(error) = shared.converse((stream, seat), config, stop) {
                    (shared.service.told)(None, &error.to_string(), Some(error.reason()));
                }
                shared.seats.leave(seat);
            });
        }
    });
    Ok(shared.answered.into_inner())
}

struct Shared<'a> {
    service: &'a Service<'a>,
    parts: Parts,
    /// One at a time changes what is there in part.
    one: Mutex<()>,
    answered: AtomicU64,
    seats: Seats,
}

/// Whoever asks, and by which grants items are judged.
struct Asker {
    office: Office,
    roster: Roster,
}

impl Shared<'_> {
    fn converse(
        &self,
        (stream, seat): (TcpStream, u64),
        config: Arc<rustls::ServerConfig>,
        stop: &AtomicBool,
    ) -> Result<(), SyncError> {
        let lost = |e: std::io::Error| SyncError::Unreachable(e.kind().to_string());
        stream.set_read_timeout(Some(IDLE)).and_then(|()| stream.set_write_timeout(Some(IDLE))).map_err(lost)?;
        let _ = stream.set_nodelay(true);
        let connection = ServerConnection::new(config).map_err(|e| SyncError::Line(e.to_string()))?;
        let mut stream = StreamOwned::new(connection, stream);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(|e| SyncError::Line(e.to_string()))?;
        }
        let office = office(stream.conn.peer_certificates())?;
        let asker = Asker { office, roster: (self.service.roster)()? };
        self.seats.heard(seat);
        while let Some(request) = http::request(&mut stream, SYNC_CHUNK_BYTES.max(SYNC_ANSWER_BYTES)).map_err(lost)? {
            self.seats.heard(seat);
            let asked = format!("{} {}", request.method, request.path.split('?').next().unwrap_or_default());
            let answer = self.answer(&asker, &request).unwrap_or_else(|error| {
                let have = Have { have: 0, whole: false, reason: Some(error.reason().code().to_owned()) };
                Answer { status: status(&error), body: json(&have) }
            });
            let refused = (answer.status >= 400).then_some(Reason::NotPermitted);
            (self.service.told)(Some(office), &asked, refused);
            http::respond(&mut stream, &answer).map_err(lost)?;
            self.answered.fetch_add(1, Ordering::SeqCst);
            if stop.load(Ordering::SeqCst) {
                break;
            }
        }
        stream.conn.send_close_notify();
        let _ = stream.conn.complete_io(&mut stream.sock);
        Ok(())
    }

    fn answer(&self, asker: &Asker, request: &Request) -> Result<Answer, SyncError> {
        let here = self.service.spool.office();
        if !here.holds(asker.office) || here == asker.office {
            return Err(SyncError::NotServed(asker.office));
        }
        let (path, query) = request.path.split_once('?').unwrap_or((&request.path, ""));
        let words: Vec<&str> = path.trim_start_matches('/').split('/').collect();
        match (request.method.as_str(), words.as_slice()) {
            ("POST", ["v1", "hello"]) => self.hello(asker, &request.body),
            ("GET", ["v1", "items"]) => self.list(asker),
            ("GET", ["v1", "items", sha]) => self.part(asker, sha.parse()?, query),
            ("DELETE", ["v1", "items", sha]) => self.fetched(asker, sha.parse()?),
            ("GET", ["v1", "parts", sha]) => self.have(sha.parse()?),
            ("PUT", ["v1", "parts", sha]) => self.add(asker, sha.parse()?, query, &request.body),
            _ => Err(SyncError::Answer("nothing is there")),
        }
    }

    /// What was seen of the asker's store; an older one is refused.
    fn hello(&self, asker: &Asker, body: &[u8]) -> Result<Answer, SyncError> {
        let (spool, now) = (&self.service.spool, self.service.clock.now());
        let seen = spool.shown(asker.office)?;
        let mut hello = Hello { office: spool.office(), seen, reason: None };
        if !body.is_empty() {
            let shown = Shown::parse(body).ok_or(SyncError::Form(0))?;
            match shown.follows(hello.seen.as_ref(), asker.office, &asker.roster, now) {
                Ok(true) => spool.keep_shown(asker.office, &shown)?,
                Ok(false) => {}
                Err(error) => hello.reason = Some(error.reason().code().to_owned()),
            }
        }
        let status = if hello.reason.is_some() { 409 } else { 200 };
        Ok(Answer { status, body: json(&hello) })
    }

    /// What waits for the asker, and for offices below it.
    fn waiting(&self, asker: &Asker) -> Result<Vec<Entry>, SyncError> {
        let now = self.service.clock.now();
        let all = self.service.spool.outgoing()?.into_iter();
        Ok(all.filter(|entry| asker.office.holds(entry.label.to) && entry.is_due(false, now)).collect())
    }

    fn list(&self, asker: &Asker) -> Result<Answer, SyncError> {
        let items = self.waiting(asker)?;
        let items = items.iter().map(|entry| Listed { sha256: entry.sha.to_string(), bytes: entry.bytes }).collect();
        Ok(Answer { status: 200, body: json(&List { items }) })
    }

    fn entry(&self, asker: &Asker, sha: Sha) -> Result<Entry, SyncError> {
        let found = self.service.spool.entry(sha).filter(|entry| asker.office.holds(entry.label.to));
        found.ok_or(SyncError::Answer("nothing is there"))
    }

    fn part(&self, asker: &Asker, sha: Sha, query: &str) -> Result<Answer, SyncError> {
        let (from, entry) = (number(query, "from")?, self.entry(asker, sha)?);
        let bytes = self.service.spool.bytes(entry.sha)?;
        let from = usize::try_from(from).unwrap_or(usize::MAX);
        let rest = bytes.get(from..).ok_or(SyncError::Answer("nothing is there"))?;
        let part = rest.get(..rest.len().min(SYNC_CHUNK_BYTES)).unwrap_or_default();
        Ok(Answer { status: 200, body: part.to_vec() })
    }

    fn fetched(&self, asker: &Asker, sha: Sha) -> Result<Answer, SyncError> {
        // What is not there was fetched before, by a run whose answer was lost.
        if let Ok(entry) = self.entry(asker, sha) {
            self.service.spool.delivered(&entry, self.service.clock.now())?;
        }
        Ok(Answer { status: 200, body: json(&Have { have: 0, whole: true, reason: None }) })
    }

    fn have(&self, sha: Sha) -> Result<Answer, SyncError> {
        let whole = self.service.spool.has(sha);
        let have = if whole { 0 } else { self.parts.have(sha) };
        Ok(Answer { status: 200, body: json(&Have { have, whole, reason: None }) })
    }

    fn add(&self, asker: &Asker, sha: Sha, query: &str, bytes: &[u8]) -> Result<Answer, SyncError> {
        let _one = self.one.lock().unwrap_or_else(PoisonError::into_inner);
        let (from, of) = (number(query, "from")?, number(query, "of")?);
        let have = match self.parts.add(sha, from, bytes) {
            Err(SyncError::Part { have, .. }) => {
                return Ok(Answer { status: 409, body: json(&Have { have, whole: false, reason: None }) });
            }
            have => have?,
        };
        if have < of {
            return Ok(Answer { status: 200, body: json(&Have { have, whole: false, reason: None }) });
        }
        let kept = self.keep(asker, sha);
        self.parts.forget(sha);
        kept?;
        Ok(Answer { status: 200, body: json(&Have { have, whole: true, reason: None }) })
    }

    /// An item that is all there: whose it is is proven before it is kept.
    fn keep(&self, asker: &Asker, sha: Sha) -> Result<(), SyncError> {
        let spool = &self.service.spool;
        let bytes = self.parts.whole(sha)?;
        let item = Item::parse(&bytes)?;
        let label = item.label();
        if !asker.office.holds(label.from) || !is_on_its_way(spool.office(), &label) {
            return Err(SyncError::Anothers);
        }
        item.verify(&asker.roster, self.service.clock.now())?;
        spool.put(&bytes, &label)?;
        Ok(())
    }
}

fn status(error: &SyncError) -> u16 {
    match error {
        SyncError::Answer(_) => 404,
        SyncError::NotServed(_) => 403,
        SyncError::Files { .. } => 503,
        _ => 422,
    }
}

fn json(value: &impl serde::Serialize) -> Vec<u8> {
    serde_json::to_vec(value).unwrap_or_default()
}
