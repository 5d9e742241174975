//! Reports over the store: what happened in a time, what waits for how long, what is in stock, who is doubted, what was made.
//!
//! Each is a [`Table`], written as text, CSV or JSON; [`trend`] draws days as a picture. They read standings and the audit, nothing that
//! is sealed: no key is needed, and no person is named. Stock alone is told nearer with the key while shifts are open.

pub mod ageing;
mod blind;
pub mod daily;
pub mod duplicates;
pub mod error;
pub mod production;
pub mod span;
pub mod stock;
pub mod table;
pub mod trend;

pub use error::ReportError;
pub use span::Span;
pub use table::{Cell, Table};

#[cfg(test)]
mod tests;
