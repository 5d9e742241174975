//! The command line as a program: each verb's success and refusals, held to the machine contract.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)] // helpers of tests fail by panicking

#[path = "cli/afis.rs"]
mod afis;
#[path = "cli/aged.rs"]
mod aged;
#[path = "cli/approve.rs"]
mod approve;
#[path = "cli/batch_engine.rs"]
mod batch_engine;
#[path = "cli/batch_engine_disk.rs"]
mod batch_engine_disk;
#[path = "cli/batch_engine_pulled.rs"]
mod batch_engine_pulled;
#[path = "cli/blind.rs"]
mod blind;
#[path = "cli/bureau.rs"]
mod bureau;
#[path = "cli/card.rs"]
mod card;
#[path = "cli/census.rs"]
mod census;
#[path = "cli/chip.rs"]
mod chip;
#[path = "cli/contract.rs"]
#[allow(dead_code)]
mod contract;
#[path = "cli/demo_end.rs"]
mod demo_end;
#[path = "cli/demo_told.rs"]
mod demo_told;
#[path = "cli/disk.rs"]
mod disk;
#[path = "cli/document_signer.rs"]
mod document_signer;
#[path = "cli/documented.rs"]
mod documented;
#[path = "cli/faults.rs"]
mod faults;
#[path = "cli/finger.rs"]
mod finger;
#[path = "cli/finger_eval.rs"]
mod finger_eval;
#[path = "cli/finger_match.rs"]
mod finger_match;
#[path = "cli/finger_synth.rs"]
mod finger_synth;
#[path = "cli/formats.rs"]
mod formats;
#[path = "cli/frame.rs"]
mod frame;
#[path = "cli/full.rs"]
mod full;
#[path = "cli/given.rs"]
mod given;
#[path = "cli/issuance.rs"]
mod issuance;
#[path = "cli/job.rs"]
mod job;
#[path = "cli/kill.rs"]
mod kill;
#[path = "cli/next.rs"]
mod next;
#[path = "cli/numbers.rs"]
mod numbers;
#[path = "cli/online.rs"]
mod online;
#[path = "cli/passwords.rs"]
mod passwords;
#[path = "cli/pcsc.rs"]
mod pcsc;
#[path = "cli/perso.rs"]
mod perso;
#[path = "cli/person.rs"]
mod person;
#[path = "cli/pki.rs"]
mod pki;
#[path = "cli/private_pcscd.rs"]
mod private_pcscd;
#[path = "cli/production.rs"]
mod production;
#[path = "cli/reading.rs"]
mod reading;
#[path = "cli/readme.rs"]
mod readme;
#[path = "cli/record.rs"]
mod record;
#[path = "cli/refusals/mod.rs"]
mod refusals;
#[path = "cli/ridges.rs"]
mod ridges;
#[path = "cli/signer.rs"]
mod signer;
#[path = "../src/skipped.rs"]
mod skipped;
#[path = "cli/station.rs"]
mod station;
#[path = "cli/sync.rs"]
mod sync;
#[path = "cli/trace.rs"]
mod trace;
#[path = "cli/verify.rs"]
mod verify;
