#!/usr/bin/env python3
"""Python's cwt and cbor2 as a verifier of our status lists: cwt_check.py DIR

DIR holds list.cwt, delta-N.cwt in their numbers, again.cwt (the whole list of the last number), as we wrote them. Each is verified by the
key of the certificate that it carries; the deltas are applied by specs/status-list.md alone; both ways say the same of every index.
"""
import hashlib
import pathlib
import sys
import zlib

import cbor2
from cryptography import x509
from cwt import COSE, COSEKey

LIST, DELTA = "application/statuslist+cwt", "application/vnd.ektp.statuslist-delta+cwt"
SUB, IAT, TTL, STATUS_LIST, NUMBER, CHANGED = 2, 6, 65534, 65533, -70001, -70002


def claims(path, typ):
    """The claims of a token whose type and signature are right."""
    token = path.read_bytes()
    message = cbor2.loads(token)
    assert message.tag == 18, "COSE_Sign1"
    protected, unprotected = cbor2.loads(message.value[0]), message.value[1]
    assert protected[16] == typ, protected
    certificate = x509.load_der_x509_certificate(unprotected[33])
    key = COSEKey.new({1: 2, 3: protected[1], -1: 1, **point(certificate)})
    payload = COSE.new().decode(token, key)
    return cbor2.loads(payload), payload, unprotected[33]


def point(certificate):
    numbers = certificate.public_key().public_numbers()
    return {-2: numbers.x.to_bytes(32, "big"), -3: numbers.y.to_bytes(32, "big")}


def main(folder):
    whole, _, signer = claims(folder / "list.cwt", LIST)
    assert whole[STATUS_LIST]["bits"] == 2
    bits, number = bytearray(zlib.decompress(whole[STATUS_LIST]["lst"])), whole[NUMBER]
    for path in sorted(folder.glob("delta-*.cwt")):
        delta, payload, by = claims(path, DELTA)
        assert by == signer and delta[SUB] == whole[SUB], path
        # The deterministic encoding of RFC 8949 4.2.1 is the one form: here by cbor2's own.
        assert cbor2.dumps(delta, canonical=True) == payload, path
        changed = delta[CHANGED]
        assert changed["base"] == number and hashlib.sha256(bits).digest() == changed["from"], path
        assert list(changed["set"]) == sorted(changed["set"]), path
        for index, status in changed["set"].items():
            shift = index % 4 * 2
            bits[index // 4] = bits[index // 4] & ~(3 << shift) & 0xFF | status << shift
        assert hashlib.sha256(bits).digest() == changed["to"], path
        number = delta[NUMBER]
    again, _, _ = claims(folder / "again.cwt", LIST)
    assert again[NUMBER] == number and zlib.decompress(again[STATUS_LIST]["lst"]) == bytes(bits)
    print(f"list {number}: {len(bits) * 4} indices, the same by deltas and whole")


main(pathlib.Path(sys.argv[1]))
