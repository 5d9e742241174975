//! Prints: templates and scores; pure functions, no store.
