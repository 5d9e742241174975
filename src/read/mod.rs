//! A chip in the field to evidence, in the order of a terminal.
