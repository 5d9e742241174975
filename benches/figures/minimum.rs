//! The least that a full verified read can cost, computed from file sizes alone: short file identifiers, no SELECT of a file, no read of
//! a header, every answer filled.

use ektp::lds::file_id::FileId;
use ektp::lds::files::CardFiles;

/// Bytes around the data of a protected READ BINARY: header 4, Lc 1, DO'97' 3, DO'8E' 10, Le 1.
const READ: usize = 19;

/// Commands and wire bytes.
#[derive(Clone, Copy, Default, Debug)]
pub struct Minimum {
    pub apdus: usize,
    pub wire: usize,
}

impl Minimum {
    fn plain(&mut self, sent: usize, answer: usize) {
        self.apdus += 1;
        self.wire += sent + answer + 2;
    }

    /// A command under secure messaging with AES: data, Le if an answer is wanted, answer.
    fn protected(&mut self, data: usize, answer: usize) {
        let body = sealed(data) + if answer > 0 { 3 } else { 0 } + 10;
        self.plain(4 + 1 + body + 1, sealed(answer) + 4 + 10);
    }

    /// A file in chunks: by short identifier first, by offset after that.
    fn file(&mut self, bytes: usize, chunk: usize) {
        for at in (0..bytes).step_by(chunk) {
            let long = chunk > 256;
            self.apdus += 1;
            // An extended command has two more bytes of Lc and one more each of Le in DO'97' and behind.
            self.wire += READ + if long { 4 } else { 0 } + sealed(chunk.min(bytes - at)) + 4 + 10 + 2;
        }
    }
}

/// Length of DO'87' around data: tag, length, padding indicator, ciphertext.
fn sealed(data: usize) -> usize {
    if data == 0 {
        return 0;
    }
    let value = 1 + (data / 16 + 1) * 16;
    let length = match value {
        0..=0x7F => 1,
        0x80..=0xFF => 2,
        _ => 3,
    };
    1 + length + value
}

/// What a terminal presents, in bytes.
pub struct Chain {
    /// Certificate references and bodies with signatures.
    pub certificates: Vec<(usize, usize)>,
    pub holder: usize,
}

/// PACE, Chip Authentication, every file, Active Authentication where there is a key for it, Terminal Authentication, fingers.
pub fn full(files: &CardFiles, chain: &Chain, chunk: usize, extended: bool) -> Minimum {
    let mut all = Minimum::default();
    let size = |file| files.get(file).map_or(0, <[u8]>::len);
    all.plain(5, size(FileId::CardAccess));
    if extended {
        all.plain(5, size(FileId::AtrInfo));
    }
    pace(&mut all);
    all.protected(7, 0); // SELECT the eMRTD application
    all.protected(15, 0); // MSE:Set AT of Chip Authentication
    all.protected(69, 2); // GENERAL AUTHENTICATE
    for (file, bytes) in files.iter() {
        if !matches!(file, FileId::AtrInfo | FileId::CardAccess | FileId::Dir | FileId::Fingers | FileId::Cvca) {
            all.file(bytes.len(), chunk);
        }
    }
    if files.get(FileId::Dg15).is_some() {
        all.protected(8, 64); // INTERNAL AUTHENTICATE
    }
    terminal(&mut all, chain);
    all.protected(6, 0); // SELECT the national application
    all.file(size(FileId::Fingers), chunk);
    all
}

/// MSE:Set AT and four GENERAL AUTHENTICATE on a curve of 256 bits.
fn pace(all: &mut Minimum) {
    all.plain(5 + 18, 0);
    all.plain(8, 20);
    all.plain(8 + 67, 69);
    all.plain(8 + 67, 69);
    all.plain(8 + 10, 12);
}

/// EF.CVCA, certificates, MSE:Set AT, challenge, signature.
fn terminal(all: &mut Minimum, chain: &Chain) {
    all.file(36, 223);
    for (reference, certificate) in &chain.certificates {
        all.protected(*reference, 0);
        all.protected(*certificate, 0);
    }
    all.protected(chain.holder, 0);
    all.protected(0, 8);
    all.protected(64, 0);
}
