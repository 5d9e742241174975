#!/usr/bin/env python3
"""pycvc as the other side of our CV certificates.

make DIR    writes chains made by pycvc: DIR/KIND/{cvca,dv,is,req}.cvcert
verify DIR  checks chains made by us:    DIR/KIND/{cvca,link,dv,is,request,renewal}.cvcert
"""
import pathlib
import shutil
import sys
import tempfile

from cryptography.hazmat.primitives.asymmetric import ec, rsa
from cvc import oid
from cvc.certificates import CVC
from cvc.terminal import Type, TypeIS

KINDS = {
    "p256": (ec.SECP256R1, oid.ID_TA_ECDSA_SHA_256),
    "p384": (ec.SECP384R1, oid.ID_TA_ECDSA_SHA_384),
    "bp256": (ec.BrainpoolP256R1, oid.ID_TA_ECDSA_SHA_256),
    "rsa15": (None, oid.ID_TA_RSA_V1_5_SHA_256),
}
CVCA, DV, IS = b"IDPYCVCA00001", b"IDPYDV00001", b"IDPYIS00001"


def make(directory):
    for kind, (curve, scheme) in KINDS.items():
        new = (lambda: ec.generate_private_key(curve())) if curve else (lambda: rsa.generate_private_key(65537, 2048))
        cvca, dv, terminal = new(), new(), new()
        out = directory / kind
        out.mkdir(parents=True)
        rows = [
            ("cvca", cvca, cvca, CVCA, CVCA, Type.CVCA, 1000),
            ("dv", dv, cvca, CVCA, DV, Type.DV_domestic, 90),
            ("is", terminal, dv, DV, IS, Type.Terminal, 30),
        ]
        for name, key, signer, car, chr, role, days in rows:
            certificate = CVC().cert(
                pubkey=key.public_key(), scheme=scheme, signkey=signer, signscheme=scheme, car=car, chr=chr,
                role=TypeIS(role, read_fingerprint=1), days=days, since="261123")
            (out / f"{name}.cvcert").write_bytes(certificate.encode())
        request = CVC().req(
            pubkey=terminal.public_key(), scheme=scheme, signkey=terminal, signscheme=scheme, car=DV, chr=IS,
            outercar=DV, outerkey=dv, outerscheme=scheme)
        (out / "req.cvcert").write_bytes(request.encode())


def verify(directory):
    failed = []
    for house in sorted(p for p in directory.iterdir() if p.is_dir()):
        read = lambda name: CVC().decode((house / f"{name}.cvcert").read_bytes())
        with tempfile.TemporaryDirectory() as store:
            # pycvc finds an authority's certificate under a file named by its holder reference.
            for name in ("cvca", "dv", "is"):
                shutil.copy(house / f"{name}.cvcert", pathlib.Path(store) / bytes(read(name).chr()).decode())
            for name in ("cvca", "link", "dv", "is"):
                if not read(name).verify(cert_dir=store.encode()):
                    failed.append(f"{house.name} {name}")
            if read("is").role().fields_str() != "read_fingerprint" or read("is").role().role != Type.Terminal:
                failed.append(f"{house.name} authorization")
            # A request is signed by its own key: to pycvc its own certificate is the issuer.
            own = (house / "request.cvcert").read_bytes()
            curve = CVC().decode(own).find_domain(outer=False)
            if not CVC().decode(own).verify(dica=own, curve=curve):
                failed.append(f"{house.name} request")
            if not read("renewal").verify(outer=True, cert_dir=store.encode(), curve=curve):
                failed.append(f"{house.name} renewal")
    print("\n".join(failed) or "all verify")
    return not failed


if __name__ == "__main__":
    command, directory = sys.argv[1], pathlib.Path(sys.argv[2])
    if command == "make":
        make(directory)
    elif not verify(directory):
        sys.exit(1)
