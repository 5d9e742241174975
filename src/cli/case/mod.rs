//! `ektp case …`: applications on their way, from the register and the list or the form to the card in the holder's hand.

mod apply;
pub mod capture;
pub mod examiner;
mod list;
mod paper;
mod register;
mod show;
mod stamp;
mod step;
mod verify;
pub mod words;

use super::Answer;
use super::output::Output;

/// The verbs of this group.
#[derive(Debug, clap::Subcommand)]
pub enum CaseVerb {
    /// The population register that applications take their data from
    #[command(subcommand)]
    Register(register::RegisterVerb),
    /// List who must hold a card and has none, an application for each
    List(list::Args),
    /// Sign the summons of listed applications: the camat, or for foreign residents the head of the registry office
    Summon(step::SummonArgs),
    /// Record a hand through which a summons went
    Pass(step::PassArgs),
    /// Record an application form; a lost card is revoked with it
    Apply(apply::Args),
    /// Plan a visit at home
    Visit(step::VisitArgs),
    /// Verify data and papers
    Verify(verify::Args),
    /// Keep the capture, sealed, and stamp the receipt
    Capture(capture::Args),
    /// Print the stamp of the receipt, once: a lost one is replaced
    Stamp(stamp::Args),
    /// Replace a lost receipt, by two officers
    Receipt(step::ReceiptArgs),
    /// Consolidate a capture with the register
    Consolidate(step::ConsolidateArgs),
    /// Capture anew whose fingers said nothing at handover: the card goes back, by two officers
    Recapture(step::RecaptureArgs),
    /// Take an application back; an allocated number is revoked with it, and a card that waits here goes back
    Withdraw(step::WithdrawArgs),
    /// Close a case whose card was handed over, the old card collected
    Close(step::CloseArgs),
    /// Where a case stands and how it came there; nothing of the person
    Show(show::Args),
    /// Print a paper of a case: summons, form or visit slip
    Print(paper::Args),
}

impl CaseVerb {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Register(verb) => verb.name(),
            Self::List(_) => "case list",
            Self::Summon(_) => "case summon",
            Self::Pass(_) => "case pass",
            Self::Apply(_) => "case apply",
            Self::Visit(_) => "case visit",
            Self::Verify(_) => "case verify",
            Self::Capture(_) => "case capture",
            Self::Stamp(_) => "case stamp",
            Self::Recapture(_) => "case recapture",
            Self::Receipt(_) => "case receipt",
            Self::Consolidate(_) => "case consolidate",
            Self::Withdraw(_) => "case withdraw",
            Self::Close(_) => "case close",
            Self::Show(_) => "case show",
            Self::Print(_) => "case print",
        }
    }

    /// Runs the verb.
    pub fn run(self, out: &mut Output) -> Answer {
        match self {
            Self::Register(verb) => verb.run(out),
            Self::List(args) => list::run(&args, out),
            Self::Summon(args) => step::summon(&args, out),
            Self::Pass(args) => step::pass(&args, out),
            Self::Apply(args) => apply::run(&args, out),
            Self::Visit(args) => step::visit(&args, out),
            Self::Verify(args) => verify::run(&args, out),
            Self::Capture(args) => capture::run(&args, out),
            Self::Stamp(args) => stamp::run(&args, out),
            Self::Recapture(args) => step::recapture(&args, out),
            Self::Receipt(args) => step::receipt(&args, out),
            Self::Consolidate(args) => step::consolidate(&args, out),
            Self::Withdraw(args) => step::withdraw(&args, out),
            Self::Close(args) => step::close(&args, out),
            Self::Show(args) => show::run(&args, out),
            Self::Print(args) => paper::run(&args, out),
        }
    }
}
