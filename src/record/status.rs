//! Sex, religion and marital status.

use super::coded::coded;

coded! {
    /// Sex, *jenis kelamin*.
    Sex, "sex" {
        Male = 1, "male", "LAKI-LAKI", "MALE";
        Female = 2, "female", "PEREMPUAN", "FEMALE";
    }
}

coded! {
    /// Religion, *agama*, or belief (MK 97/PUU-XIV/2016).
    Religion, "religion" {
        Islam = 1, "islam", "ISLAM", "ISLAM";
        Protestant = 2, "protestant", "KRISTEN", "CHRISTIAN";
        Catholic = 3, "catholic", "KATHOLIK", "CATHOLIC";
        Hindu = 4, "hindu", "HINDU", "HINDU";
        Buddhist = 5, "buddhist", "BUDHA", "BUDDHIST";
        Confucian = 6, "confucian", "KHONGHUCU", "CONFUCIAN";
        Belief = 7, "belief", "KEPERCAYAAN TERHADAP TUHAN YME", "BELIEF IN THE ONE GOD";
    }
}

coded! {
    /// Marital status, *status perkawinan*. The register's list has grown before; so does this one, by a line.
    MaritalStatus, "marital status" {
        Single = 1, "single", "BELUM KAWIN", "SINGLE";
        Married = 2, "married", "KAWIN", "MARRIED";
        Divorced = 3, "divorced", "CERAI HIDUP", "DIVORCED";
        Widowed = 4, "widowed", "CERAI MATI", "WIDOWED";
    }
}

impl MaritalStatus {
    /// Whether the person is or was married; who is not needs to be 17 for a card (UU 24/2013 art. 63).
    #[must_use]
    pub const fn ever_married(self) -> bool {
        !matches!(self, Self::Single)
    }
}
