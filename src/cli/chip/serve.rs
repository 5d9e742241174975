//! `ektp chip serve`: a chip in software on a virtual PC/SC reader, with faults on demand.

use super::fault::{FaultArg, plan};
use super::hex;
use crate::chip::port::vpcd::Ending;
use crate::cli::Answer;
use crate::cli::output::{Failure, Outcome, Output};
use crate::reason::{Lang, Reason};
use crate::softchip::StateFile;
use crate::softchip::latency::Latency;
use crate::softchip::serve::{ServedChip, serve};
use crate::world::system_entropy;
use serde_json::{Value, json};
use std::path::PathBuf;
use std::time::Duration;

/// What chip to serve, where, and what goes wrong.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// The chip's memory, of `ektp chip new`
    #[arg(long, value_name = "FILE")]
    state: PathBuf,
    /// TCP port of this machine on which the virtual reader listens
    #[arg(long, value_name = "N")]
    port: u16,
    /// How slow the chip is: none, or j3r180 or secora with -106, -212, -424 or -848 kbit/s
    #[arg(long, value_name = "PRESET", default_value = "none")]
    latency: String,
    /// What goes wrong at which command; may be given more than once. --help names the kinds
    ///
    /// N counts the commands that come to the reader, from 1, over the whole run: what messages call APDU N. Kinds:
    ///   removed@N          the card leaves the reader before command N
    ///   removed-after@N    it leaves after the command was done, before its answer
    ///   torn@N:BYTES       power is lost after BYTES written bytes of the command
    ///   not-delivered@N    the command is lost on its way; no answer comes
    ///   no-answer@N        the command is done; no answer comes
    ///   late-answer@N      the answer comes after --silence
    ///   status@N:SW        status word SW (hexadecimal) comes instead; nothing is done
    ///   status-after@N:SW  the command is done, SW comes for its answer
    ///   twice@N            the command arrives twice; the second answer comes
    ///   truncated@N:BYTES  the answer loses BYTES at its end
    ///   oversize@N:BYTES   the answer is BYTES longer
    ///   empty@N            the answer has no byte: the card leaves the reader
    ///   flip-in@N:BIT      bit BIT of the command is flipped on its way in
    ///   flip-out@N:BIT     bit BIT of the answer is flipped on its way out
    ///   reset@N            somebody resets the card before the command
    ///   swapped@N:FILE     from command N on another chip lies there, the one of state FILE
    #[arg(long, value_name = "KIND@N[:PARAM]", verbatim_doc_comment)]
    fault: Vec<FaultArg>,
    /// Milliseconds before a late answer comes, or before a chip that gives none leaves the reader (the virtual reader itself waits
    /// for ever)
    #[arg(long, value_name = "MS", default_value_t = 1_000, value_parser = clap::value_parser!(u64).range(0..=60_000))]
    silence: u64,
    /// Lay the chip on the reader again this many milliseconds (1000 to 60000) after a fault took it off; without it, the verb ends
    #[arg(long, value_name = "MS", requires = "fault", value_parser = clap::value_parser!(u64).range(1_000..=60_000))]
    return_after: Option<u64>,
    /// End when standard input ends: for a chip that must not outlive whoever laid it there
    #[arg(long)]
    until_eof: bool,
}

/// Serves it.
pub(super) fn run(args: &Args, out: &mut Output) -> Answer {
    #[cfg(unix)]
    if args.until_eof {
        // Whoever would hear an answer is gone. The chip's memory is whole after every write.
        crate::cli::ending::on_end_of_input(|| std::process::exit(i32::from(Reason::CardRemoved.exit())));
    }
    let latency = Latency::preset(&args.latency)
        .ok_or_else(|| Failure::new(Reason::Usage, format!("no latency preset `{}`; try j3r180-424", args.latency)))?;
    let (plan, other) = plan(&args.fault).map_err(|message| Failure::new(Reason::Usage, message))?;
    let file = StateFile::at(&args.state);
    let _alone = file.lock()?;
    let chip = file.load(system_entropy())?;
    let serial = hex(&chip.serial());
    let mut served = ServedChip::new(chip, Some(file), latency).with_faults(plan, Duration::from_millis(args.silence));
    let other = other.map(|path| StateFile::at(&path));
    let _other_alone = other.as_ref().map(StateFile::lock).transpose()?;
    if let Some(file) = other {
        served.swap_in(file.load(system_entropy())?, Some(file));
    }
    out.line(match out.lang() {
        Lang::En => format!("chip {serial} goes to the reader on port {}", args.port),
        Lang::Id => format!("cip {serial} diletakkan pada pembaca di porta {}", args.port),
    });
    let mut struck = vec![false; args.fault.len()];
    let ended_by = lie(&mut served, args, &serial, &mut struck, out)?;
    let count = served.exchanges();
    out.line(match (out.lang(), ended_by) {
        (Lang::En, _) => format!("{count} commands came; the {ended_by} left"),
        (Lang::Id, "reader") => format!("{count} perintah diterima; pembaca pergi"),
        (Lang::Id, _) => format!("{count} perintah diterima; cip diangkat"),
    });
    let faults: Vec<Value> =
        args.fault.iter().zip(struck).map(|(fault, struck)| json!({"fault": fault.to_string(), "struck": struck})).collect();
    let state = name_of(&served);
    Ok(Outcome::yes(json!({
        "serial": serial, "apdus": served.exchanges(), "state": state, "ended_by": ended_by, "faults": faults
    })))
}

/// Lets the chip lie on the reader until one of them leaves for good. Says who did.
fn lie(
    served: &mut ServedChip,
    args: &Args,
    serial: &str,
    struck: &mut [bool],
    out: &mut Output,
) -> Result<&'static str, Failure> {
    loop {
        out.event("serving", json!({"serial": serial, "port": args.port, "state": name_of(served)}));
        let ending = serve(served, args.port, &mut |index| {
            for (fault, struck) in args.fault.iter().zip(&mut *struck).filter(|(fault, _)| fault.is_at(index)) {
                *struck = true;
                out.event("fault", json!({"fault": fault.to_string()}));
                out.line(format!("{}: {fault}", out.lang().pick("fault", "gangguan")));
            }
        })?;
        match args.return_after.filter(|_| served.struck().is_some()) {
            Some(ms) => std::thread::sleep(Duration::from_millis(ms)),
            None => return Ok(if ending == Ending::ReaderGone { "reader" } else { "chip" }),
        }
    }
}

fn name_of(served: &ServedChip) -> &'static str {
    served.chip().state().name()
}
