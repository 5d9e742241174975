//! Persons and changes as bytes, before they are sealed.

use super::error::SealedError;
use crate::afis::code::{Code, WORDS};
use crate::afis::packed::Packed;
use crate::afis::person::{FINGERS, Finger, ID_CHARACTERS, Person, PersonId, Print};
use crate::limits::GALLERY_RECORD_BYTES;
use crate::record::PassedOver;
use zeroize::Zeroizing;

/// Set in a finger's first byte where there is no print; the other bits say why.
const EXCEPTION: u8 = 0x80;
/// First byte of a change: a person came.
const CAME: u8 = 1;
/// First byte of a change: a person went.
const WENT: u8 = 2;

/// Reads bytes from the front.
pub(super) struct Input<'a>(pub &'a [u8]);

impl Input<'_> {
    pub fn array<const N: usize>(&mut self) -> Result<[u8; N], SealedError> {
        let (head, rest) = self.0.split_first_chunk().ok_or(SealedError::Content)?;
        self.0 = rest;
        Ok(*head)
    }

    fn byte(&mut self) -> Result<u8, SealedError> {
        self.array().map(|[b]| b)
    }
}

/// A change of the gallery.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// A person came.
    Came(Box<Person>),
    /// A person went.
    Went(PersonId),
}

impl Change {
    /// Bytes of the change that a person came.
    pub fn came(person: &Person) -> Zeroizing<Vec<u8>> {
        // Room for all, so that nothing is moved and left behind.
        let mut out = Zeroizing::new(Vec::with_capacity(GALLERY_RECORD_BYTES));
        out.push(CAME);
        write(person, &mut out);
        out
    }

    /// Bytes of the change that a person went.
    pub fn went(id: PersonId) -> Vec<u8> {
        [&[WENT][..], &id.bytes()].concat()
    }

    /// Reads a change; codes of other weights are computed anew.
    pub fn read(bytes: &[u8], same_weights: bool) -> Result<Self, SealedError> {
        let mut input = Input(bytes);
        let change = match input.byte()? {
            CAME => Self::Came(Box::new(read(&mut input, same_weights)?)),
            WENT => Self::Went(PersonId::from_bytes(input.array()?).map_err(|_| SealedError::Content)?),
            _ => return Err(SealedError::Content),
        };
        if input.0.is_empty() { Ok(change) } else { Err(SealedError::Content) }
    }
}

/// Reads the content of a log's record, as it stands behind the seal, and writes it again.
///
/// # Errors
/// [`SealedError::Content`] for what no record holds.
pub fn reread(bytes: &[u8]) -> Result<Vec<u8>, SealedError> {
    Ok(match Change::read(bytes, true)? {
        Change::Came(person) => Change::came(&person).to_vec(),
        Change::Went(id) => Change::went(id),
    })
}

/// Appends a person: identifier, then of each finger the number of minutiae or the reason, code and minutiae.
pub(super) fn write(person: &Person, out: &mut Vec<u8>) {
    out.extend(person.id().bytes());
    for finger in person.fingers() {
        match finger {
            Finger::Exception(why) => out.push(EXCEPTION | why.number()),
            Finger::Print(print) => {
                out.push(u8::try_from(print.packed.len()).unwrap_or_default());
                print.code.0.iter().for_each(|word| out.extend(word.to_be_bytes()));
                print.packed.words().iter().for_each(|word| out.extend(word.to_be_bytes()));
            }
        }
    }
}

/// Reads a person.
pub(super) fn read(input: &mut Input<'_>, same_weights: bool) -> Result<Person, SealedError> {
    let id = PersonId::from_bytes(input.array::<ID_CHARACTERS>()?).map_err(|_| SealedError::Content)?;
    let mut fingers = [Finger::Exception(PassedOver::NotCaptured); FINGERS];
    for finger in &mut fingers {
        let count = input.byte()?;
        *finger = if count & EXCEPTION == 0 {
            Finger::Print(print(input, usize::from(count), same_weights)?)
        } else {
            Finger::Exception(PassedOver::from_number(count & !EXCEPTION).ok_or(SealedError::Content)?)
        };
    }
    Ok(Person::assume_distinct(id, fingers))
}

fn print(input: &mut Input<'_>, minutiae: usize, same_weights: bool) -> Result<Print, SealedError> {
    let mut code = Code([0; WORDS]);
    for word in &mut code.0 {
        *word = u64::from_be_bytes(input.array()?);
    }
    let words: Vec<u32> = (0..minutiae).map(|_| input.array().map(u32::from_be_bytes)).collect::<Result<_, _>>()?;
    let packed = Packed::from_words(&words).ok_or(SealedError::Content)?;
    Ok(if same_weights { Print { packed, code } } else { Print::new(packed) })
}
