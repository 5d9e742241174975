#!/usr/bin/env python3
"""Checks our CV certificate chain (CVCA, DV, IS) with pycvc: every signature, holder and authority reference."""
import json
import pathlib
import shutil
import sys
import tempfile

from cvc.certificates import CVC

directory = pathlib.Path(sys.argv[1])
names = ("cvca", "dv", "is")
checks = {}
with tempfile.TemporaryDirectory() as store:
    certificates = {name: CVC().decode((directory / f"{name}.cvcert").read_bytes()) for name in names}
    # pycvc finds an authority's certificate under a file named by its holder reference.
    for name, certificate in certificates.items():
        shutil.copy(directory / f"{name}.cvcert", pathlib.Path(store) / bytes(certificate.chr()).decode())
    for name, certificate in certificates.items():
        checks[f"{name} signature"] = bool(certificate.verify(cert_dir=store.encode()))
    checks["dv by cvca"] = bytes(certificates["dv"].car()) == bytes(certificates["cvca"].chr())
    checks["is by dv"] = bytes(certificates["is"].car()) == bytes(certificates["dv"].chr())
ok = all(checks.values())
print(json.dumps({"scenario": "pycvc", "ok": ok, "checks": checks}))
sys.exit(0 if ok else 1)
