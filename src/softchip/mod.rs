//! A chip in software: files, access rules, life cycle, torn writes.
