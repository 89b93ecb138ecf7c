//! What tells one text from others, wherever it stands.

use doublon_core::Error;
#[cfg(feature = "report")]
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Tells one text from others, wherever it stands: 64 bits of a hash, in 16 hexadecimal digits. That of a document is
/// of the bytes of its text, that of a passage of its normalised words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "report", derive(JsonSchema))]
#[serde(into = "String", try_from = "String")]
#[cfg_attr(feature = "report", schemars(with = "String", extend("pattern" = "^[0-9a-f]{16}$")))]
pub struct Fingerprint(pub u64);

impl From<Fingerprint> for String {
    fn from(fingerprint: Fingerprint) -> Self {
        format!("{:016x}", fingerprint.0)
    }
}

impl TryFrom<String> for Fingerprint {
    type Error = Error;

    fn try_from(s: String) -> Result<Self, Error> {
        let refused = |_| Error::Parameter { name: "fingerprint", value: s.clone(), expected: "16 hexadecimal digits" };
        u64::from_str_radix(&s, 16).map(Self).map_err(refused)
    }
}
