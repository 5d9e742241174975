//! A trust store's folder with any files in it: it loads or is refused by name, and one for production never holds a sample key.

use super::input::Input;
use super::world::{self, sample};
use ektp::pki::trust::{Kind, directory, mark};
use ektp::pki::x509::issue::Purpose;
use ektp::pki::x509::path;

const FOLDERS: [&str; 5] = ["csca", "link", "operations", "cvca", "crl"];

pub fn run(data: &[u8]) {
    let mut input = Input(data);
    let Some(flags) = input.byte() else { return };
    let memory = std::path::Path::new("/dev/shm");
    let place = if memory.is_dir() { memory.to_owned() } else { std::env::temp_dir() };
    let Ok(dir) = tempfile::tempdir_in(place) else { return };
    let kind = if flags & 1 == 0 { Kind::Sample } else { Kind::Production };
    if directory::create(dir.path(), kind, "ID").is_err() {
        return;
    }
    if flags & 2 != 0 {
        let _ = std::fs::write(dir.path().join("trust.json"), input.short().unwrap_or_default());
    }
    let kit = &sample().kit;
    let ours = [("csca/0.pem", kit.roots.csca.cert.as_der()), ("operations/0.pem", kit.roots.operations.cert.as_der())];
    for (name, bytes) in ours.into_iter().filter(|_| flags & 4 != 0) {
        let _ = std::fs::write(dir.path().join(name), bytes);
    }
    for number in 1..8 {
        let (Some(folder), Some(bytes)) = (input.byte(), input.long()) else { break };
        let folder = FOLDERS[usize::from(folder) % FOLDERS.len()];
        let _ = std::fs::write(dir.path().join(folder).join(format!("{number}")), bytes);
    }
    let Ok(store) = directory::load(dir.path()) else { return };
    for purpose in [Purpose::DocumentSigner, Purpose::StatusList] {
        let sample_key = store.anchors(purpose).iter().any(mark::is_sample);
        assert!(store.kind() == Kind::Sample || !sample_key, "a production store holds a sample key");
    }
    let _ = path::check(&kit.ds.cert, Purpose::DocumentSigner, &store, world::now(), None);
    let _ = path::check(&kit.status_list.cert, Purpose::StatusList, &store, world::now(), None);
}
