//! Who: NIK, biodata, portrait, signature, fingers and their exceptions; parsed, never merely validated.
