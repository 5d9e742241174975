//! The secure messaging of an open SCP03 session, for both ends (Amendment D 6.2.3 to 6.2.7).

use super::{Level, Scp03Error};
use crate::chip::apdu::{Command, Response, StatusWord};
use crate::crypto::scp03::SessionKeys;
use crate::crypto::symmetric::{BLOCK, pad, same, unpad};

/// Set in CLA where a command is protected.
pub(super) const SECURE: u8 = 0x04;

/// Session keys, MAC chaining value and command counter. Both ends count and chain alike.
pub(super) struct Channel {
    keys: SessionKeys,
    level: Level,
    chaining: [u8; BLOCK],
    counter: u128,
}

impl Channel {
    /// Right after EXTERNAL AUTHENTICATE, whose MAC is the first chaining value.
    pub(super) fn new(keys: SessionKeys, level: Level, chaining: [u8; BLOCK]) -> Self {
        Self { keys, level, chaining, counter: 0 }
    }

    pub(super) fn level(&self) -> Level {
        self.level
    }

    /// Protects a command (host). The counter moves for commands without data too.
    pub(super) fn protect(&mut self, command: &Command) -> Result<Command, Scp03Error> {
        self.counter += 1;
        let mut data = command.data().to_vec();
        if self.level.encrypts_commands() && !data.is_empty() {
            pad(&mut data, BLOCK);
            let iv = self.iv(0);
            self.keys.enc.cbc_encrypt(&iv, &mut data).unwrap_or_else(|_| unreachable!("padded"));
        }
        let mut out = Command::new(command.cla() | SECURE, command.ins(), command.p1(), command.p2());
        if let Some(le) = command.le() {
            out = out.with_le(le);
        }
        if command.is_extended() {
            out = out.extended();
        }
        self.chaining = mac(&self.keys, &self.chaining, &out, &data)?;
        data.extend_from_slice(self.short_mac(&self.chaining));
        Ok(out.with_data(data))
    }

    /// Opens a protected command (card): the command as it was before, CLA without the secure bit.
    pub(super) fn open(&mut self, command: &Command) -> Result<Command, Scp03Error> {
        if command.cla() & SECURE == 0 {
            return Err(Scp03Error::NotProtected);
        }
        self.counter += 1;
        let (body, chaining) = check_mac(&self.keys, &self.chaining, command)?;
        self.chaining = chaining;
        let mut data = body.to_vec();
        if self.level.encrypts_commands() && !data.is_empty() {
            let iv = self.iv(0);
            self.keys.enc.cbc_decrypt(&iv, &mut data).map_err(|_| Scp03Error::BadMac)?;
            data = unpad(&data, BLOCK).map_err(|_| Scp03Error::BadMac)?.to_vec();
        }
        let out = Command::new(command.cla() & !SECURE, command.ins(), command.p1(), command.p2()).with_data(data);
        Ok(match command.le() {
            Some(le) => out.with_le(le),
            None => out,
        })
    }

    /// Protects a response (card). An error status goes bare, as the protocol wants it.
    pub(super) fn protect_response(&self, response: &Response) -> Response {
        if !self.level.authenticates_responses() {
            return response.clone();
        }
        if !carries_mac(response.status) {
            return Response { data: Vec::new(), status: response.status };
        }
        let mut data = response.data.clone();
        if self.level.encrypts_responses() && !data.is_empty() {
            pad(&mut data, BLOCK);
            self.keys.enc.cbc_encrypt(&self.iv(0x80), &mut data).unwrap_or_else(|_| unreachable!("padded"));
        }
        let mac = self.keys.rmac.cmac(&[&self.chaining, &data, &response.status.0.to_be_bytes()]);
        data.extend_from_slice(self.short_mac(&mac));
        Response { data, status: response.status }
    }

    /// Opens a response (host).
    pub(super) fn open_response(&self, response: &Response) -> Result<Response, Scp03Error> {
        if !self.level.authenticates_responses() {
            return Ok(response.clone());
        }
        if !carries_mac(response.status) {
            return Err(Scp03Error::NoInformation(response.status.0));
        }
        let at = response.data.len().checked_sub(self.keys.mode().len()).ok_or(Scp03Error::BadMac)?;
        let (body, tail) = response.data.split_at_checked(at).ok_or(Scp03Error::BadMac)?;
        let status = response.status.0.to_be_bytes();
        self.keys.rmac.cmac_verify(&[&self.chaining, body, &status], tail).map_err(|_| Scp03Error::BadMac)?;
        let mut data = body.to_vec();
        if self.level.encrypts_responses() && !data.is_empty() {
            self.keys.enc.cbc_decrypt(&self.iv(0x80), &mut data).map_err(|_| Scp03Error::BadMac)?;
            data = unpad(&data, BLOCK).map_err(|_| Scp03Error::BadMac)?.to_vec();
        }
        Ok(Response { data, status: response.status })
    }

    /// The encrypted command counter; `first` is 80 for responses (Amendment D 6.2.6, 6.2.7).
    fn iv(&self, first: u8) -> [u8; BLOCK] {
        let mut block = self.counter.to_be_bytes();
        block[0] |= first;
        self.keys.enc.encrypt_block(&block)
    }

    fn short_mac<'a>(&self, mac: &'a [u8; BLOCK]) -> &'a [u8] {
        mac.get(..self.keys.mode().len()).unwrap_or(mac)
    }
}

/// Only these status words come with a MAC: success and warnings (Amendment D 6.2.5).
fn carries_mac(status: StatusWord) -> bool {
    status.0 == 0x9000 || matches!(status.0 >> 8, 0x62 | 0x63)
}

/// C-MAC in full: over chaining value, header, final Lc and data. The logical channel in CLA counts as zero.
pub(super) fn mac(keys: &SessionKeys, chaining: &[u8; BLOCK], head: &Command, data: &[u8]) -> Result<[u8; BLOCK], Scp03Error> {
    let length = u16::try_from(data.len() + keys.mode().len()).map_err(|_| Scp03Error::TooLong)?;
    let header = [head.cla() & !0x03, head.ins(), head.p1(), head.p2()];
    let [high, low] = length.to_be_bytes();
    let extended = length > 255 || head.is_extended();
    let lc: &[u8] = if extended { &[0, high, low] } else { &[low] };
    Ok(keys.mac.cmac(&[chaining, &header, lc, data]))
}

/// Splits a protected command's data from its MAC and checks it; gives the data and the next chaining value.
pub(super) fn check_mac<'a>(
    keys: &SessionKeys,
    chaining: &[u8; BLOCK],
    command: &'a Command,
) -> Result<(&'a [u8], [u8; BLOCK]), Scp03Error> {
    let at = command.data().len().checked_sub(keys.mode().len()).ok_or(Scp03Error::BadMac)?;
    let (body, tail) = command.data().split_at_checked(at).ok_or(Scp03Error::BadMac)?;
    let expected = mac(keys, chaining, command, body)?;
    if same(expected.get(..tail.len()).unwrap_or_default(), tail) { Ok((body, expected)) } else { Err(Scp03Error::BadMac) }
}
