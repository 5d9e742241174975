//! How to talk to a chip: APDU, secure messaging, SCP03, PACE, CA, TA, AA, and the ports.
