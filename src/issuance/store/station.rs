//! Who is at work under the name of a station: one process, until it ends, however it ends.

use super::error::StoreError;
use super::place::Place;
use super::word::{Office, Word};
use super::{postgres, sqlite};
use crate::crypto::hash::sha256;
use crate::durable;

/// A station's name, held by this process until it ends at the latest: by a lock of the file system beside the store, or by one of the
/// server that lives as long as its connection.
pub struct Held {
    _by: Box<dyn Send>,
}

impl std::fmt::Debug for Held {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Held")
    }
}

impl Place {
    /// Holds a station's name at this store: none if another process is at work under it. Who holds it knows that whoever worked under
    /// that name before is gone.
    ///
    /// # Errors
    /// [`StoreError::Unavailable`], [`StoreError::Full`].
    pub fn hold(&self, office: &Office, station: &Word) -> Result<Option<Held>, StoreError> {
        let by: Option<Box<dyn Send>> = match self {
            Self::File(path) => {
                let folder = path.with_extension("stations");
                durable::private_folder(&folder).map_err(|e| sqlite::of_io(&e))?;
                let name = folder.join(format!("{office}.{station}"));
                durable::try_lock(&name).map_err(|e| sqlite::of_io(&e))?.map(|held| Box::new(held) as Box<dyn Send>)
            }
            Self::Server(url) => {
                let name = sha256(format!("ektp station\0{office}\0{station}").as_bytes());
                let key = name.first_chunk().map_or(0, |bytes| i64::from_be_bytes(*bytes));
                postgres::hold(url, key)?.map(|client| Box::new(client) as Box<dyn Send>)
            }
        };
        Ok(by.map(|by| Held { _by: by }))
    }
}
