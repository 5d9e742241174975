//! The same operations by OpenSSL, as its own `openssl speed` times them.

use crate::operations::Op;
use std::process::Command;

/// Seconds of one operation, and of one byte.
pub struct OpenSsl {
    pub version: String,
    sign: f64,
    verify: f64,
    agree: f64,
    cbc: f64,
    cmac: f64,
    sha: f64,
}

impl OpenSsl {
    /// Runs `openssl speed`, a second a piece; none if there is no OpenSSL.
    pub fn measure() -> Option<Self> {
        let version = Command::new("openssl").arg("version").output().ok()?;
        let curves = speed(&["ecdsap256", "ecdhp256"])?;
        let [sign, verify] = pair(&curves, "+F4:")?;
        let [agree, _] = pair(&curves, "+F5:")?;
        Some(Self {
            version: String::from_utf8_lossy(&version.stdout).split(" (").next().unwrap_or_default().trim().to_owned(),
            sign: 1.0 / sign,
            verify: 1.0 / verify,
            agree: 1.0 / agree,
            cbc: 1.0 / rate(&["-bytes", "256", "-evp", "aes-128-cbc"])?,
            cmac: 1.0 / rate(&["-bytes", "256", "-cmac", "aes-128-cbc"])?,
            sha: 1.0 / rate(&["-bytes", "1024", "-evp", "sha256"])?,
        })
    }

    /// Seconds of all these operations. `speed` times neither a key pair nor a mapping; each multiplies the generator once, as a
    /// signature does, and is taken as one.
    #[allow(clippy::cast_precision_loss)]
    pub fn time(&self, ops: &[Op]) -> f64 {
        let one = |op: &Op| match *op {
            Op::Pair | Op::Sign | Op::Map => self.sign,
            Op::Agree => self.agree,
            Op::Verify => self.verify,
            Op::Cbc(bytes) => self.cbc * bytes as f64,
            Op::Cmac(bytes) => self.cmac * bytes as f64,
            Op::Sha(bytes) => self.sha * bytes as f64,
        };
        ops.iter().map(one).sum()
    }
}

fn speed(args: &[&str]) -> Option<String> {
    let out = Command::new("openssl").args(["speed", "-mr", "-seconds", "1"]).args(args).output().ok()?;
    out.status.success().then(|| String::from_utf8_lossy(&out.stdout).into_owned())
}

/// Operations a second of a line `+F4:index:bits:first:second`.
fn pair(text: &str, mark: &str) -> Option<[f64; 2]> {
    let line = text.lines().find(|l| l.starts_with(mark))?;
    let mut fields = line.rsplit(':');
    let second = fields.next()?.parse().ok()?;
    Some([fields.next()?.parse().ok()?, second])
}

/// Bytes a second of a line `+F:index:name:rate`.
fn rate(args: &[&str]) -> Option<f64> {
    speed(args)?.lines().find(|l| l.starts_with("+F:"))?.rsplit(':').next()?.parse().ok()
}
