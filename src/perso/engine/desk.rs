//! The desk of one run: station, job and link together, with time and counters.

use super::Station;
use super::command::select;
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::chip::link::{Counters, Link};
use crate::chip::port::Port;
use crate::crypto::hash::sha256;
use crate::perso::error::PersoError;
use crate::perso::journal::Job;
use crate::perso::receipt::{Receipt, StepTime};
use crate::perso::state::{Intent, State};
use crate::perso::work::Work;
use zeroize::Zeroizing;

/// Everything one run works with.
pub(super) struct Desk<'d, 's, 'p> {
    pub(super) station: &'d mut Station<'s>,
    pub(super) work: &'d Work,
    pub(super) link: Link<'p>,
    /// The job as the journal holds it; read anew after every change.
    pub(super) job: Job,
    /// Pass 1, the same bytes on every run.
    pub(super) pass_one: Zeroizing<Vec<u8>>,
    /// What quality control sent and received in this run.
    pub(super) inspected: Counters,
    pub(super) steps: Vec<StepTime>,
    since: jiff::Timestamp,
    /// The latest time of this run.
    latest: std::cell::Cell<jiff::Timestamp>,
    counted: Counters,
}

impl<'d, 's, 'p> Desk<'d, 's, 'p> {
    pub(super) fn begin(
        station: &'d mut Station<'s>,
        port: &'p mut dyn Port,
        work: &'d Work,
        job: Job,
    ) -> Result<Self, PersoError> {
        let pass_one = work.pass_one(&job).encode()?;
        let now = station.clock.now();
        station.journal.bind_stream(&job.id, sha256(&pass_one), now)?;
        station.journal.begin_run(&job.id, &port.fingerprint(), now)?;
        let job = station.journal.job(&job.id)?;
        let link = Link::new(port);
        Ok(Self {
            station,
            work,
            link,
            job,
            pass_one,
            inspected: Counters::default(),
            steps: Vec::new(),
            since: now,
            latest: std::cell::Cell::new(now),
            counted: Counters::default(),
        })
    }

    /// The whole order, from whatever the probe finds.
    pub(super) fn drive(&mut self) -> Result<Receipt, PersoError> {
        let locked = match self.probe()? {
            super::probe::Seen::Open(opened) => {
                let written = opened.write_pass_one(self)?;
                let registered = written.make_keys(self)?;
                let signed = registered.sign(self)?;
                signed.commit(self)?.read_back(self)?.lock(self)?
            }
            super::probe::Seen::Personalized(personalized) => personalized.read_back(self)?.lock(self)?,
            super::probe::Seen::Locked(locked) => locked,
        };
        locked.issue(self)
    }

    /// The time, which does not go back within a run even if the station's clock does.
    pub(super) fn now(&self) -> jiff::Timestamp {
        let now = self.station.clock.now().max(self.latest.get());
        self.latest.set(now);
        now
    }

    /// Makes a state durable and tells it.
    pub(super) fn advance(&mut self, state: State) -> Result<(), PersoError> {
        let now = self.now();
        self.station.journal.advance(&self.job.id, state, now)?;
        self.refresh(state)
    }

    /// Reads the job anew after a change that led to `state`, and notes how long it took.
    pub(super) fn refresh(&mut self, state: State) -> Result<(), PersoError> {
        self.job = self.station.journal.job(&self.job.id)?;
        let now = self.now();
        let ms = i64::try_from(now.duration_since(self.since).as_millis()).unwrap_or(i64::MAX);
        self.steps.push(StepTime { state: state.name().to_owned(), ms });
        self.since = now;
        self.station.progress.reached(state);
        Ok(())
    }

    /// Makes an intent durable: only then may its APDU go (invariant I6).
    pub(super) fn intend(&mut self, intent: Intent) -> Result<(), PersoError> {
        let now = self.now();
        self.station.journal.intend(&self.job.id, intent, now)?;
        Ok(())
    }

    /// Sends a command in the clear.
    pub(super) fn send(&mut self, step: &'static str, command: &Command) -> Result<Response, PersoError> {
        self.link.send(command).map_err(|source| PersoError::Link { step, source })
    }

    /// Selects an application and returns what the chip answers.
    pub(super) fn select(&mut self, step: &'static str, aid: &[u8]) -> Result<StatusWord, PersoError> {
        Ok(self.send(step, &select(aid))?.status)
    }

    /// Ends every channel, by taking the field away where the port can. What follows asks the chip who it is, so that a port that only
    /// transmits is refused nothing: every door is opened by a handshake that the job's chip alone passes, and the read-back, on a new
    /// channel, compares every byte.
    pub(super) fn power_cycle(&mut self) -> Result<(), PersoError> {
        self.link.reset().map_err(|source| PersoError::Link { step: "power cycle", source })
    }

    /// Adds what went over the wire since the last call to the journal.
    pub(super) fn count(&mut self) -> Result<(), PersoError> {
        let (own, inspected) = (self.link.counters(), self.inspected);
        let all = Counters {
            apdus: own.apdus + inspected.apdus,
            sent_bytes: own.sent_bytes + inspected.sent_bytes,
            received_bytes: own.received_bytes + inspected.received_bytes,
        };
        let new = all - self.counted;
        self.counted = all;
        self.station.journal.count(&self.job.id, new.apdus, new.sent_bytes, new.received_bytes)?;
        self.job = self.station.journal.job(&self.job.id)?;
        Ok(())
    }
}
