//! Who signs and who may read: CSCA, DS, CVCA, DV, IS, lists, trust store, the signer and its key stores.
