//! Status words by their names (ISO 7816-4 5.6, GlobalPlatform 11.1.3).

/// SW1 SW2 of a response.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct StatusWord(pub u16);

impl StatusWord {
    /// 9000: done.
    pub const NO_ERROR: Self = Self(0x9000);
    /// 6282: the end of the file was reached before Le bytes were read.
    pub const END_OF_FILE: Self = Self(0x6282);
    /// 6283: the selected file is deactivated.
    pub const FILE_DEACTIVATED: Self = Self(0x6283);
    /// 6300: no information; PACE and EXTERNAL AUTHENTICATE: authentication failed.
    pub const AUTHENTICATION_FAILED: Self = Self(0x6300);
    /// 6400: execution error, nothing changed.
    pub const EXECUTION_ERROR: Self = Self(0x6400);
    /// 6581: memory failure.
    pub const MEMORY_FAILURE: Self = Self(0x6581);
    /// 6700: wrong length.
    pub const WRONG_LENGTH: Self = Self(0x6700);
    /// 6881: logical channel not supported.
    pub const CHANNEL_NOT_SUPPORTED: Self = Self(0x6881);
    /// 6882: secure messaging not supported.
    pub const SM_NOT_SUPPORTED: Self = Self(0x6882);
    /// 6883: the last command of a chain was expected.
    pub const LAST_OF_CHAIN_EXPECTED: Self = Self(0x6883);
    /// 6884: command chaining not supported.
    pub const CHAINING_NOT_SUPPORTED: Self = Self(0x6884);
    /// 6982: security status not satisfied.
    pub const SECURITY_NOT_SATISFIED: Self = Self(0x6982);
    /// 6983: authentication method blocked.
    pub const AUTHENTICATION_BLOCKED: Self = Self(0x6983);
    /// 6984: reference data not usable.
    pub const REFERENCE_NOT_USABLE: Self = Self(0x6984);
    /// 6985: conditions of use not satisfied.
    pub const CONDITIONS_NOT_SATISFIED: Self = Self(0x6985);
    /// 6986: command not allowed, no current file.
    pub const NO_CURRENT_EF: Self = Self(0x6986);
    /// 6987: an expected secure messaging object is missing.
    pub const SM_OBJECT_MISSING: Self = Self(0x6987);
    /// 6988: a secure messaging object is incorrect.
    pub const SM_OBJECT_INCORRECT: Self = Self(0x6988);
    /// 6A80: incorrect parameters in the data field.
    pub const WRONG_DATA: Self = Self(0x6A80);
    /// 6A81: function not supported.
    pub const FUNCTION_NOT_SUPPORTED: Self = Self(0x6A81);
    /// 6A82: file or application not found.
    pub const FILE_NOT_FOUND: Self = Self(0x6A82);
    /// 6A84: not enough memory.
    pub const NOT_ENOUGH_MEMORY: Self = Self(0x6A84);
    /// 6A86: incorrect P1 or P2.
    pub const WRONG_P1_P2: Self = Self(0x6A86);
    /// 6A88: referenced data not found.
    pub const REFERENCE_NOT_FOUND: Self = Self(0x6A88);
    /// 6B00: wrong parameters; READ BINARY: offset beyond the file.
    pub const WRONG_OFFSET: Self = Self(0x6B00);
    /// 6D00: instruction not supported.
    pub const INS_NOT_SUPPORTED: Self = Self(0x6D00);
    /// 6E00: class not supported.
    pub const CLA_NOT_SUPPORTED: Self = Self(0x6E00);
    /// 6F00: no precise diagnosis.
    pub const UNKNOWN: Self = Self(0x6F00);

    /// SW1.
    #[must_use]
    pub const fn sw1(self) -> u8 {
        self.0.to_be_bytes()[0]
    }

    /// SW2.
    #[must_use]
    pub const fn sw2(self) -> u8 {
        self.0.to_be_bytes()[1]
    }

    /// Whether it is 9000.
    #[must_use]
    pub const fn is_ok(self) -> bool {
        self.0 == 0x9000
    }

    /// Whether it is 62xx or 63xx.
    #[must_use]
    pub const fn is_warning(self) -> bool {
        matches!(self.sw1(), 0x62 | 0x63)
    }

    /// Of 61xx: bytes still to be fetched by GET RESPONSE; 0 stands for 256.
    #[must_use]
    pub fn more_data(self) -> Option<u32> {
        (self.sw1() == 0x61).then(|| length(self.sw2()))
    }

    /// Of 6Cxx: the Le that the chip asks for; 0 stands for 256.
    #[must_use]
    pub fn correct_le(self) -> Option<u32> {
        (self.sw1() == 0x6C).then(|| length(self.sw2()))
    }
}

fn length(byte: u8) -> u32 {
    if byte == 0 { 256 } else { u32::from(byte) }
}

impl std::fmt::Display for StatusWord {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}
