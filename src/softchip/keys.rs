//! Keys in persistent memory: the SCP03 set, the proof key, the write-once slots.

use super::layout::{self, Field, SLOT};
use super::nvm::Halt;
use super::store::Store;
use crate::crypto::ec::{Curve, PrivateKey};
use crate::crypto::scp03::KeySet;
use crate::crypto::symmetric::AesKey;
use zeroize::Zeroizing;

/// Version number of the vendor's transport set.
pub(super) const TRANSPORT_KVN: u8 = 0x30;
/// Version number of the chip-unique set.
pub(super) const UNIQUE_KVN: u8 = 0x31;
/// Version number of the proof key.
pub(super) const PROOF_KVN: u8 = 0x40;
/// Slot of the Chip Authentication key.
pub(super) const CA_SLOT: u8 = 1;
/// Slot of the Active Authentication key.
pub(super) const AA_SLOT: u8 = 2;

const KEY_ROOM: usize = 32;

/// The SCP03 set on the chip; none once the chip is locked.
pub(super) fn key_set(store: &Store) -> Option<KeySet> {
    let (&[kvn, len], keys) = store.get(layout::KEY_SET).split_first_chunk::<2>()?;
    let key = |index: usize| keys.get(index * KEY_ROOM..index * KEY_ROOM + usize::from(len));
    KeySet::new(kvn, key(0)?, key(1)?, key(2)?).ok()
}

/// Puts an SCP03 set in the place of the one before, inside a transaction.
pub(super) fn set_key_set(store: &mut Store, set: &KeySet) -> Result<(), Halt> {
    let mut record = Zeroizing::new(vec![set.kvn, length_byte(&set.enc)]);
    for key in set.keys() {
        record.extend_from_slice(&padded(key));
    }
    store.set(layout::KEY_SET, &record)
}

/// The proof key, once it is loaded.
pub(super) fn proof_key(store: &Store) -> Option<AesKey> {
    let (&[_, len], key) = store.get(layout::PROOF_KEY).split_first_chunk::<2>()?;
    AesKey::new(key.get(..usize::from(len))?).ok()
}

/// Loads the proof key, inside a transaction.
pub(super) fn set_proof_key(store: &mut Store, key: &AesKey) -> Result<(), Halt> {
    let record = Zeroizing::new([&[PROOF_KVN, length_byte(key)][..], &padded(key)].concat());
    store.set(layout::PROOF_KEY, &record)
}

/// Erases the keys of the two doors, inside a transaction.
pub(super) fn erase_door_keys(store: &mut Store) -> Result<(), Halt> {
    store.clear(layout::KEY_SET)?;
    store.clear(layout::PROOF_KEY)
}

/// The key of a slot, if it was made.
pub(super) fn slot_key(store: &Store, slot: u8, curve: Curve) -> Option<PrivateKey> {
    let (&made, scalar) = store.get(slot_field(slot)?).split_first()?;
    let scalar = scalar.get(..curve.field_len())?;
    if made == 1 { PrivateKey::from_bytes(curve, scalar).ok() } else { None }
}

/// Which slots hold a key: bit 0 for slot 1.
pub(super) fn slots_made(store: &Store) -> u8 {
    let bit = |slot, mask| slot_field(slot).map_or(0, |f| store.byte(f) & 1) * mask;
    bit(CA_SLOT, 1) | bit(AA_SLOT, 2)
}

/// Fills an empty slot, inside a transaction.
pub(super) fn set_slot(store: &mut Store, slot: u8, key: &PrivateKey) -> Result<(), Halt> {
    let record = Zeroizing::new([&[1], key.expose()].concat());
    store.set(slot_field(slot).ok_or(Halt::Full)?, &record)
}

fn slot_field(slot: u8) -> Option<Field> {
    matches!(slot, CA_SLOT | AA_SLOT).then(|| SLOT.row(usize::from(slot - 1)))
}

fn length_byte(key: &AesKey) -> u8 {
    u8::try_from(key.len()).unwrap_or_else(|_| unreachable!("an AES key"))
}

fn padded(key: &AesKey) -> Zeroizing<Vec<u8>> {
    let mut bytes = Zeroizing::new(key.expose().to_vec());
    bytes.resize(KEY_ROOM, 0);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_of_every_length_are_kept_and_erased() {
        let mut store = Store::blank([1; 10], 8_192);
        assert!(key_set(&store).is_none() && proof_key(&store).is_none());
        for len in [32, 24, 16] {
            let set = KeySet::new(0x31, &vec![1; len], &vec![2; len], &vec![3; len]).unwrap();
            let proof = AesKey::new(&vec![4; len]).unwrap();
            store.atomically(|s| set_key_set(s, &set).and_then(|()| set_proof_key(s, &proof))).unwrap();
            let back = key_set(&store).unwrap();
            assert_eq!((back.kvn, back.mac.expose(), back.dek.expose()), (0x31, &vec![2; len][..], &vec![3; len][..]));
            assert_eq!(proof_key(&store).unwrap().expose(), vec![4; len]);
        }
        store.atomically(erase_door_keys).unwrap();
        assert!(key_set(&store).is_none() && proof_key(&store).is_none());
    }

    #[test]
    fn slots_hold_a_key_of_either_size() {
        let mut store = Store::blank([1; 10], 8_192);
        let key = PrivateKey::from_bytes(Curve::P384, &[5; 48]).unwrap();
        store.atomically(|s| set_slot(s, AA_SLOT, &key)).unwrap();
        assert_eq!(slots_made(&store), 2);
        assert_eq!(slot_key(&store, AA_SLOT, Curve::P384).unwrap().expose(), [5; 48]);
        assert!(slot_key(&store, CA_SLOT, Curve::P384).is_none() && slot_key(&store, 3, Curve::P256).is_none());
    }
}
