//! The asking side: what is due goes up, what waits comes down, each item gone on with where an earlier run was cut.

use super::http;
use super::tls::{Credentials, office};
use super::{Have, Hello, List};
use crate::issuance::office::Office;
use crate::issuance::officer::Roster;
use crate::issuance::store::Store;
use crate::issuance::sync::folder::{Carried, is_on_its_way};
use crate::issuance::sync::item::{Item, Label, Sha};
use crate::issuance::sync::shown::hold;
use crate::issuance::sync::spool::{Entry, Spool};
use crate::issuance::sync::{Shown, SyncError};
use crate::limits::{SYNC_ANSWER_BYTES, SYNC_CHUNK_BYTES, SYNC_ITEMS};
use crate::reason::Reason;
use jiff::Timestamp;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, StreamOwned};
use std::net::{TcpStream, ToSocketAddrs as _};
use std::time::Duration;

/// Longest silence of the other.
const IDLE: Duration = Duration::from_secs(30);

/// A line to the office above.
pub struct Client {
    stream: StreamOwned<ClientConnection, TcpStream>,
    host: String,
    office: Office,
}

impl std::fmt::Debug for Client {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Client({} at {})", self.office, self.host)
    }
}

fn lost(error: &std::io::Error) -> SyncError {
    // What the other does not believe is told by the line itself.
    match error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) {
        Some(error) => SyncError::Line(error.to_string()),
        None => SyncError::Unreachable(error.kind().to_string()),
    }
}

impl Client {
    /// Reaches the office above `here` at `HOST:PORT`, and knows it by its certificate.
    ///
    /// # Errors
    /// [`SyncError::Unreachable`], [`SyncError::Line`], [`SyncError::NotServed`] for an office that is not above.
    pub fn reach(address: &str, credentials: &Credentials, here: Office) -> Result<Self, SyncError> {
        let name = address.rsplit_once(':').map_or(address, |(name, _)| name).trim_matches(['[', ']']).to_owned();
        let server = ServerName::try_from(name).map_err(|e| SyncError::Line(e.to_string()))?;
        let connection = ClientConnection::new(credentials.client()?, server).map_err(|e| SyncError::Line(e.to_string()))?;
        let mut at = address.to_socket_addrs().map_err(|e| lost(&e))?;
        let at = at.next().ok_or_else(|| SyncError::Unreachable("no address".into()))?;
        let sock = TcpStream::connect_timeout(&at, IDLE).map_err(|e| lost(&e))?;
        sock.set_read_timeout(Some(IDLE)).and_then(|()| sock.set_write_timeout(Some(IDLE))).map_err(|e| lost(&e))?;
        let _ = sock.set_nodelay(true);
        let mut stream = StreamOwned::new(connection, sock);
        while stream.conn.is_handshaking() {
            stream.conn.complete_io(&mut stream.sock).map_err(|e| lost(&e))?;
        }
        let office = office(stream.conn.peer_certificates())?;
        if office == here || !office.holds(here) {
            return Err(SyncError::NotServed(office));
        }
        Ok(Self { stream, host: address.to_owned(), office })
    }

    /// Which office answers.
    #[must_use]
    pub const fn office(&self) -> Office {
        self.office
    }

    fn ask(&mut self, method: &str, path: &str, body: &[u8]) -> Result<http::Answer, SyncError> {
        let host = self.host.clone();
        http::ask(&mut self.stream, (method, path, &host), body).map_err(|e| lost(&e))?;
        http::answer(&mut self.stream, SYNC_ANSWER_BYTES).map_err(|e| lost(&e))
    }

    /// Says hello, with what the own store shows, and holds the store against what the other saw of it before.
    ///
    /// # Errors
    /// [`SyncError::Desk`] for an own store that was put back, [`SyncError::Refused`] if the other says so.
    pub fn hello(
        &mut self,
        here: Office,
        own: Option<(&Shown, &mut dyn Store)>,
        (roster, now): (&Roster, Timestamp),
    ) -> Result<(), SyncError> {
        let body = own.as_ref().map(|(shown, _)| shown.to_json()).unwrap_or_default();
        let answer = self.ask("POST", "/v1/hello", body.as_bytes())?;
        let hello: Hello = match serde_json::from_slice(&answer.body) {
            Ok(hello) if [200, 409].contains(&answer.status) => hello,
            _ => return Err(refusal(&answer)),
        };
        if let (Some((_, store)), Some(seen)) = (own, &hello.seen) {
            hold(store, &seen.of(here, roster, now)?)?;
        }
        hello.reason.map_or(Ok(()), |reason| Err(SyncError::Refused(of_code(&reason))))
    }

    /// Sends everything that is due and goes up.
    ///
    /// # Errors
    /// [`SyncError::Unreachable`]; what the spool says. An item that is refused is named, and does not stop the others.
    pub fn push(
        &mut self,
        spool: &Spool,
        again: bool,
        now: Timestamp,
        told: &mut dyn FnMut(&Carried),
    ) -> Result<Vec<Carried>, SyncError> {
        let mut carried = Vec::new();
        let goes_up = |entry: &Entry| entry.is_due(again, now) && !spool.office().holds(entry.label.to);
        for entry in spool.outgoing()?.into_iter().filter(goes_up) {
            let refused = match self.send(spool, &entry) {
                Err(error @ (SyncError::Unreachable(_) | SyncError::Line(_))) => return Err(error),
                sent => sent.and_then(|()| spool.delivered(&entry, now)).err(),
            };
            let one = Carried { item: entry.sha, label: Some(entry.label), refused };
            told(&one);
            carried.push(one);
        }
        Ok(carried)
    }

    fn send(&mut self, spool: &Spool, entry: &Entry) -> Result<(), SyncError> {
        let (sha, bytes) = (entry.sha, spool.bytes(entry.sha)?);
        let of = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        let mut have = have(&self.ask("GET", &format!("/v1/parts/{sha}"), b"")?)?;
        // As often as there are parts, and once more for what was cut or altered.
        for _ in 0..=2 * (bytes.len() / SYNC_CHUNK_BYTES + 2) {
            if have.whole {
                return Ok(());
            }
            let at = usize::try_from(have.have).unwrap_or(usize::MAX);
            let rest = bytes.get(at..).ok_or(SyncError::Answer("more than there is"))?;
            let part = rest.get(..rest.len().min(SYNC_CHUNK_BYTES)).unwrap_or_default();
            let answer = self.ask("PUT", &format!("/v1/parts/{sha}?from={at}&of={of}"), part)?;
            have = self::have(&answer)?;
        }
        Err(SyncError::Answer("it never has enough"))
    }

    /// Fetches everything that waits there.
    ///
    /// # Errors
    /// As [`Client::push`].
    pub fn pull(
        &mut self,
        spool: &Spool,
        (roster, now): (&Roster, Timestamp),
        told: &mut dyn FnMut(&Carried),
    ) -> Result<Vec<Carried>, SyncError> {
        let answer = self.ask("GET", "/v1/items", b"")?;
        let list: List = if answer.status == 200 {
            serde_json::from_slice(&answer.body).map_err(|_| SyncError::Answer("a list"))?
        } else {
            return Err(refusal(&answer));
        };
        let mut carried = Vec::new();
        for listed in list.items.into_iter().take(SYNC_ITEMS) {
            let sha: Sha = listed.sha256.parse()?;
            let mut label = None;
            let refused = match self.fetch(spool, (sha, listed.bytes), (roster, now), &mut label) {
                Err(error @ (SyncError::Unreachable(_) | SyncError::Line(_))) => return Err(error),
                fetched => fetched.err(),
            };
            let one = Carried { item: sha, label, refused };
            told(&one);
            carried.push(one);
        }
        Ok(carried)
    }

    fn fetch(
        &mut self,
        spool: &Spool,
        (sha, of): (Sha, u64),
        (roster, now): (&Roster, Timestamp),
        label: &mut Option<Label>,
    ) -> Result<(), SyncError> {
        if !spool.has(sha) {
            let parts = spool.parts("fetched")?;
            let mut at = parts.have(sha);
            while at < of {
                let answer = self.ask("GET", &format!("/v1/items/{sha}?from={at}"), b"")?;
                if answer.status != 200 || answer.body.is_empty() {
                    return Err(refusal(&answer));
                }
                at = parts.add(sha, at, &answer.body)?;
            }
            let bytes = parts.whole(sha)?;
            let kept = keep(spool, &bytes, (roster, now), label);
            parts.forget(sha);
            kept?;
        }
        have(&self.ask("DELETE", &format!("/v1/items/{sha}"), b"")?).map(drop)
    }
}

fn keep(spool: &Spool, bytes: &[u8], (roster, now): (&Roster, Timestamp), label: &mut Option<Label>) -> Result<(), SyncError> {
    let item = Item::parse(bytes)?;
    let known = item.label();
    *label = Some(known.clone());
    if !is_on_its_way(spool.office(), &known) {
        return Err(SyncError::Anothers);
    }
    item.verify(roster, now)?;
    spool.put(bytes, &known).map(drop)
}

/// How much the other has, or why it does not take it.
fn have(answer: &http::Answer) -> Result<Have, SyncError> {
    match serde_json::from_slice::<Have>(&answer.body) {
        Ok(have) if [200, 409].contains(&answer.status) && have.reason.is_none() => Ok(have),
        _ => Err(refusal(answer)),
    }
}

fn refusal(answer: &http::Answer) -> SyncError {
    let reason = serde_json::from_slice::<Have>(&answer.body).ok().and_then(|have| have.reason);
    reason.map_or(SyncError::Answer("no answer of a known form"), |reason| SyncError::Refused(of_code(&reason)))
}

fn of_code(code: &str) -> Reason {
    Reason::from_code(code).unwrap_or(Reason::CouldNotDecide)
}
