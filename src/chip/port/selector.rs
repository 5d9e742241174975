//! Which reader: by serial number, physical port, station or exact name; never "the first".

use super::PortError;
use std::collections::BTreeMap;

/// A reader as the machine shows it.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct ReaderInfo {
    /// Its exact name in PC/SC.
    pub name: String,
    /// Its serial number, if it tells one.
    pub serial: Option<String>,
    /// Where it is plugged in, e.g. USB `1-1.4`; of a virtual reader, its slot `00-01`.
    pub port: Option<String>,
    /// Whether a card lies on it.
    pub card: bool,
    /// Answer to reset of that card, in hexadecimal.
    pub atr: Option<String>,
}

/// Names of stations and the selector of each: the machine's own list, kept by whoever set the readers up.
pub type Stations = BTreeMap<String, String>;

/// What the operator asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selector {
    /// `serial:NUMBER`.
    Serial(String),
    /// `port:PLACE`.
    Port(String),
    /// A reader's exact name.
    Name(String),
}

impl Selector {
    /// Reads a selector; `station:` is looked up once.
    ///
    /// # Errors
    /// [`PortError::BadSelector`] for an empty one or a station that names a station, [`PortError::UnknownStation`].
    pub fn parse(text: &str, stations: &Stations) -> Result<Self, PortError> {
        match text.strip_prefix("station:") {
            None => Self::direct(text),
            Some(station) => Self::direct(stations.get(station).ok_or_else(|| PortError::UnknownStation(station.to_owned()))?),
        }
    }

    fn direct(text: &str) -> Result<Self, PortError> {
        let bad = || PortError::BadSelector(text.to_owned());
        let value = |value: &str| if value.is_empty() { Err(bad()) } else { Ok(value.to_owned()) };
        match text.split_once(':') {
            Some(("serial", serial)) => value(serial).map(Self::Serial),
            Some(("port", port)) => value(port).map(Self::Port),
            Some(("station", _)) => Err(bad()),
            _ => value(text).map(Self::Name),
        }
    }

    /// The one reader that fits.
    ///
    /// # Errors
    /// [`PortError::NoReader`] or [`PortError::Ambiguous`].
    pub fn choose<'r>(&self, readers: &'r [ReaderInfo]) -> Result<&'r ReaderInfo, PortError> {
        let fits = |reader: &&ReaderInfo| match self {
            Self::Serial(serial) => reader.serial.as_deref() == Some(serial),
            Self::Port(port) => reader.port.as_deref() == Some(port),
            Self::Name(name) => reader.name == *name,
        };
        match readers.iter().filter(fits).collect::<Vec<_>>().as_slice() {
            [] => Err(PortError::NoReader(self.to_string())),
            [one] => Ok(one),
            more => Err(PortError::Ambiguous(self.to_string(), more.len())),
        }
    }
}

impl std::fmt::Display for Selector {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Serial(serial) => write!(f, "serial:{serial}"),
            Self::Port(port) => write!(f, "port:{port}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Serial number in a PC/SC name: `Maker Model [Interface] (serial) 00 01`. A slot of all virtual readers has none.
#[must_use]
pub fn serial_of(name: &str) -> Option<String> {
    let (_, rest) = name.rsplit_once('(')?;
    let (serial, _) = rest.split_once(')')?;
    (!serial.trim().is_empty()).then(|| serial.trim().to_owned())
}

/// Slot in a PC/SC name: its two trailing numbers, `00 01` as `00-01`.
#[must_use]
pub fn slot_of(name: &str) -> Option<String> {
    let mut words = name.rsplit(' ');
    let (slot, reader) = (words.next()?, words.next()?);
    let number = |word: &str| word.len() == 2 && word.bytes().all(|b| b.is_ascii_hexdigit());
    (number(slot) && number(reader)).then(|| format!("{reader}-{slot}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reader(name: &str, port: Option<&str>) -> ReaderInfo {
        let port = port.map(str::to_owned).or_else(|| slot_of(name));
        ReaderInfo { name: name.to_owned(), serial: serial_of(name), port, card: false, atr: None }
    }

    fn readers() -> Vec<ReaderInfo> {
        vec![
            reader("ACS ACR1252 [ACR1252 CL] (AB123) 00 00", Some("1-1.4")),
            reader("ACS ACR1252 [ACR1252 SAM] (AB123) 00 01", Some("1-1.4")),
            reader("Virtual PCD 00 00", None),
        ]
    }

    fn choose(text: &str) -> Result<String, PortError> {
        let stations = Stations::from([("bench-1".into(), "port:00-00".into()), ("loop".into(), "station:loop".into())]);
        Selector::parse(text, &stations)?.choose(&readers()).map(|r| r.name.clone())
    }

    #[test]
    fn one_reader_or_a_named_refusal() {
        assert_eq!(choose("Virtual PCD 00 00").unwrap(), "Virtual PCD 00 00");
        assert_eq!(choose("station:bench-1").unwrap(), "Virtual PCD 00 00");
        assert_eq!(choose("Virtual PCD"), Err(PortError::NoReader("Virtual PCD".into())));
        assert_eq!(choose("serial:AB123"), Err(PortError::Ambiguous("serial:AB123".into(), 2)));
        assert_eq!(choose("port:1-1.4"), Err(PortError::Ambiguous("port:1-1.4".into(), 2)));
        assert_eq!(choose("station:bench-2"), Err(PortError::UnknownStation("bench-2".into())));
        for bad in ["", "serial:", "port:", "station:loop"] {
            assert!(matches!(choose(bad), Err(PortError::BadSelector(_))), "{bad}");
        }
    }

    #[test]
    fn names_tell_serial_and_slot() {
        assert_eq!(serial_of("ACS ACR1252 [ACR1252 CL] (AB123) 00 0A").as_deref(), Some("AB123"));
        assert_eq!(serial_of("Virtual PCD 00 00"), None);
        assert_eq!(slot_of("ACS ACR1252 [ACR1252 CL] (AB123) 00 0A").as_deref(), Some("00-0A"));
        assert_eq!(slot_of("Windows Hello"), None);
    }
}
