//! Prints: fingers by name, templates of ISO/IEC 19794-2, and the door a matcher comes through. Pure functions, no store.

pub mod matcher;
pub mod position;
pub mod template;

pub use matcher::{Band, MatchError, MatchOutcome, Matcher};
pub use position::{FingerName, FingerPosition, Hand};
pub use template::{Minutia, MinutiaKind, Template, TemplateError, View};
