//! Plan, journal, run, read-back, receipt: one card on one station.
