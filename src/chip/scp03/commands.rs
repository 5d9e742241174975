//! Content management commands of GlobalPlatform, built in the clear; the channel protects them (Card Specification 11).

use crate::chip::apdu::Command;

/// PUT KEY: key data of [`super::keys::put_key_data`].
///
/// `replace` is the key version that gives way, 0 to add a new one; `first_kid` the identifier of the first key;
/// `several` whether more than one key comes.
#[must_use]
pub fn put_key(replace: u8, first_kid: u8, several: bool, key_data: &[u8]) -> Command {
    let p2 = (first_kid & 0x7F) | if several { 0x80 } else { 0 };
    Command::new(0x80, 0xD8, replace, p2).with_data(key_data).with_le(256)
}

/// INSTALL [for load] (11.5.2.3.1). The load file's hash, parameters and token are left empty where they are.
#[must_use]
pub fn install_for_load(load_file: &[u8], security_domain: &[u8], hash: &[u8], parameters: &[u8]) -> Option<Command> {
    let data = length_values(&[load_file, security_domain, hash, parameters, &[]])?;
    Some(Command::new(0x80, 0xE6, 0x02, 0).with_data(data).with_le(256))
}

/// INSTALL [for install and make selectable] (11.5.2.3.2).
#[must_use]
pub fn install_selectable(
    load_file: &[u8],
    module: &[u8],
    instance: &[u8],
    privileges: &[u8],
    parameters: &[u8],
) -> Option<Command> {
    let data = length_values(&[load_file, module, instance, privileges, parameters, &[]])?;
    Some(Command::new(0x80, 0xE6, 0x0C, 0).with_data(data).with_le(256))
}

/// INSTALL [for personalization] (11.5.2.3.6): STORE DATA after it go to the application.
#[must_use]
pub fn install_for_personalization(application: &[u8]) -> Option<Command> {
    let data = length_values(&[&[], &[], application, &[], &[], &[]])?;
    Some(Command::new(0x80, 0xE6, 0x20, 0).with_data(data).with_le(256))
}

/// One block of STORE DATA in DGI form (11.11): the block's number and whether it is the last.
#[must_use]
pub fn store_data(block: &[u8], number: u8, last: bool) -> Command {
    Command::new(0x80, 0xE2, if last { 0x80 } else { 0 }, number).with_data(block)
}

/// What GET STATUS lists (11.4.2.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StatusScope {
    /// 80: the issuer security domain.
    IssuerSecurityDomain,
    /// 40: applications and security domains.
    Applications,
    /// 20: executable load files.
    LoadFiles,
    /// 10: executable load files and their modules.
    LoadFilesAndModules,
}

/// GET STATUS in TLV form, for every AID that begins with `aid_prefix`; `next` asks for the next part of a long list.
#[must_use]
pub fn get_status(scope: StatusScope, aid_prefix: &[u8], next: bool) -> Option<Command> {
    let p1 = match scope {
        StatusScope::IssuerSecurityDomain => 0x80,
        StatusScope::Applications => 0x40,
        StatusScope::LoadFiles => 0x20,
        StatusScope::LoadFilesAndModules => 0x10,
    };
    let data = [&[0x4F][..], &length_values(&[aid_prefix])?].concat();
    Some(Command::new(0x80, 0xF2, p1, 0x02 | u8::from(next)).with_data(data).with_le(256))
}

/// The fields one after the other, each after its length in one byte; none if one is longer than 127 bytes.
fn length_values(fields: &[&[u8]]) -> Option<Vec<u8>> {
    let mut out = Vec::new();
    for field in fields {
        out.push(u8::try_from(field.len()).ok().filter(|l| *l < 128)?);
        out.extend_from_slice(field);
    }
    Some(out)
}
