//! The command line as a program: each verb's success and refusals, held to the machine contract.

#[path = "cli/contract.rs"]
#[allow(dead_code)]
mod contract;
#[path = "cli/frame.rs"]
mod frame;
