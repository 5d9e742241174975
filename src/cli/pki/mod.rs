//! `ektp pki …`: keys, certificates, lists and trust stores, by files.

mod check;
mod check_cv;
mod check_store;
mod chip_key;
mod cv;
pub(super) mod files;
mod keys;
mod sample;
mod show;
mod status_list;
mod summary;
mod trust;
mod words;
mod x509;

use super::Answer;
use super::output::Output;
use clap::Subcommand;

/// What to do.
#[derive(Debug, clap::Args)]
pub struct Args {
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make a private key file (PKCS#8, scrypt and AES-256)
    Key(keys::KeyArgs),
    /// Make a file of a symmetric key: towards chips the transport set, SCP03 master or proof master; of a store of issuance, of a gallery
    ChipKey(chip_key::KeyArgs),
    /// Make a certificate request (PKCS#10) for a key
    Request(keys::RequestArgs),
    /// Make a self-signed country signing authority (CSCA)
    Csca(x509::CscaArgs),
    /// Make the link certificate by which an old CSCA vouches for a new one
    Link(x509::LinkArgs),
    /// Answer a document signer's request, first or renewal
    Ds(x509::DsArgs),
    /// Make the self-signed root of operations
    OperationsRoot(x509::RootArgs),
    /// Answer the request of an approver, bureau, receipt, batch or status list key
    Issue(x509::IssueArgs),
    /// Make a certificate revocation list
    Crl(x509::CrlArgs),
    /// Make a self-signed country verifying authority (CVCA)
    Cvca(cv::CvcaArgs),
    /// Make the link certificate by which an old CVCA vouches for a new one
    CvLink(cv::LinkArgs),
    /// Make a CV request for a document verifier or inspection system
    CvRequest(cv::RequestArgs),
    /// Answer a CV request, first or renewal
    CvIssue(cv::IssueArgs),
    /// Show a certificate, request, revocation list, EF.SOD, trust store, status list or register of states
    Show(show::ShowArgs),
    /// Check a certificate of any kind, a CV chain, a revocation list, an EF.SOD, a status list or a trust store
    Check(check::CheckArgs),
    /// Make an empty trust store
    TrustNew(trust::NewArgs),
    /// Put an anchor, link certificate or revocation list into a trust store
    TrustAdd(trust::AddArgs),
    /// Make an empty register of card states
    StatusListNew(status_list::NewArgs),
    /// Set the state of a status index
    StatusListSet(status_list::SetArgs),
    /// Sign the register as a card status list
    StatusListSign(status_list::SignArgs),
    /// Make new sample roots
    SampleRoots(sample::RootsArgs),
    /// Mint a kit of sample keys for every role, with its trust store
    SampleKit(sample::KitArgs),
}

impl Args {
    /// The verb's name in the machine contract.
    pub fn name(&self) -> &'static str {
        match self.verb {
            Verb::Key(_) => "pki key",
            Verb::ChipKey(_) => "pki chip-key",
            Verb::Request(_) => "pki request",
            Verb::Csca(_) => "pki csca",
            Verb::Link(_) => "pki link",
            Verb::Ds(_) => "pki ds",
            Verb::OperationsRoot(_) => "pki operations-root",
            Verb::Issue(_) => "pki issue",
            Verb::Crl(_) => "pki crl",
            Verb::Cvca(_) => "pki cvca",
            Verb::CvLink(_) => "pki cv-link",
            Verb::CvRequest(_) => "pki cv-request",
            Verb::CvIssue(_) => "pki cv-issue",
            Verb::Show(_) => "pki show",
            Verb::Check(_) => "pki check",
            Verb::TrustNew(_) => "pki trust-new",
            Verb::TrustAdd(_) => "pki trust-add",
            Verb::StatusListNew(_) => "pki status-list-new",
            Verb::StatusListSet(_) => "pki status-list-set",
            Verb::StatusListSign(_) => "pki status-list-sign",
            Verb::SampleRoots(_) => "pki sample-roots",
            Verb::SampleKit(_) => "pki sample-kit",
        }
    }
}

/// Runs the verb.
pub fn run(args: &Args, out: &mut Output) -> Answer {
    match &args.verb {
        Verb::Key(args) => keys::make(args, out),
        Verb::ChipKey(args) => chip_key::make(args, out),
        Verb::Request(args) => keys::request(args, out),
        Verb::Csca(args) => x509::csca(args, out),
        Verb::Link(args) => x509::link(args, out),
        Verb::Ds(args) => x509::ds(args, out),
        Verb::OperationsRoot(args) => x509::operations_root(args, out),
        Verb::Issue(args) => x509::issue(args, out),
        Verb::Crl(args) => x509::crl(args, out),
        Verb::Cvca(args) => cv::cvca(args, out),
        Verb::CvLink(args) => cv::link(args, out),
        Verb::CvRequest(args) => cv::request(args, out),
        Verb::CvIssue(args) => cv::issue(args, out),
        Verb::Show(args) => show::show(args, out),
        Verb::Check(args) => check::check(args, out),
        Verb::TrustNew(args) => trust::new(args, out),
        Verb::TrustAdd(args) => trust::add(args, out),
        Verb::StatusListNew(args) => status_list::new(args, out),
        Verb::StatusListSet(args) => status_list::set(args, out),
        Verb::StatusListSign(args) => status_list::sign(args, out),
        Verb::SampleRoots(args) => sample::roots(args, out),
        Verb::SampleKit(args) => sample::kit(args, out),
    }
}
