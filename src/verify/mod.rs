//! Evidence to verdict, and the holder 1:1; pure.
