//! Who: the resident's record, parsed field by field; what cannot be parsed does not exist here.
