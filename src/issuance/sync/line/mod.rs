//! The line between two offices: HTTP/1.1 inside TLS 1.3, each side proven by a certificate of an authority that the other named.
//!
//! The subject's common name of a certificate is the office's code. The office below asks, the one above answers: who it is, what it saw of
//! the other's store, which items wait, and parts of items in either direction. An item is taken away only when the other has it durable.

mod client;
mod http;
mod seats;
mod server;
mod tls;

pub use client::Client;
pub use server::{Service, serve};
pub use tls::Credentials;

use super::Shown;
use serde::{Deserialize, Serialize};

/// What the other says first.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Hello {
    /// Whose service it is.
    office: crate::issuance::Office,
    /// What the asker showed of its store before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seen: Option<Shown>,
    /// Why nothing more is exchanged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

/// An item that waits.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Listed {
    sha256: String,
    bytes: u64,
}

/// What waits.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct List {
    items: Vec<Listed>,
}

/// How much of an item is there.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Have {
    have: u64,
    /// Whether all of it is, and durable.
    whole: bool,
    /// Why it is not taken.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reason: Option<String>,
}

#[cfg(test)]
mod tests;
