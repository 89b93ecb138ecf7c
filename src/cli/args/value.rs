//! Reads values of flags, and refuses them.

use doublon::{Error, Result};

/// Reads a number of bytes with its unit, for the flag `name`.
pub fn size(name: &'static str, text: &str) -> Result<u64> {
    let bad = || refused(name, &text, "a number of bytes above 0, such as 256MiB or 1GB");
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let unit = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => 1,
        "kb" => 1000,
        "mb" => 1_000_000,
        "gb" => 1_000_000_000,
        "k" | "kib" => 1 << 10,
        "m" | "mib" => 1 << 20,
        "g" | "gib" => 1 << 30,
        _ => return Err(bad()),
    };
    let number: u64 = digits.parse().map_err(|_| bad())?;
    number.checked_mul(unit).filter(|&size| size > 0).ok_or_else(bad)
}

/// Reads a share: a number such as `0.8`, or a percentage such as `80%`. Whoever takes it says what it can be.
///
/// # Errors
///
/// Says what it must be, if it is neither.
pub fn share(text: &str) -> std::result::Result<f64, String> {
    let (number, of) = text.strip_suffix('%').map_or((text, 1.0), |percent| (percent, 100.0));
    let share = number.trim().parse::<f64>().map(|number| number / of);
    share.map_err(|_| "it must be a number such as 0.8, or a percentage such as 80%".to_owned())
}

/// Returns the error for a value that a flag cannot have.
pub fn refused(name: &'static str, value: &dyn ToString, expected: &'static str) -> Error {
    doublon_core::Error::Parameter { name, value: value.to_string(), expected }.into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_units() {
        let sizes = ["1", "10B", "2kB", "3MB", "1GB", "2K", "4MiB", "1gib"].map(|text| size("x", text).expect("valid"));
        assert_eq!(sizes, [1, 10, 2000, 3_000_000, 1_000_000_000, 2048, 4 << 20, 1 << 30]);
    }

    #[test]
    fn shares_may_be_percentages() {
        let shares = ["0.8", "80%", "58 %", "99.5%", "-1"].map(|text| share(text).expect("valid").to_string());
        assert_eq!(shares, ["0.8", "0.8", "0.58", "0.995", "-1"]);
        assert!(["", "%", "a%", "80%%", "0,8"].iter().all(|text| share(text).is_err()));
    }

    #[test]
    fn what_is_no_size_is_refused() {
        for text in ["0", "MiB", "1.5GB", "12XB", "99999999999999GiB", "-1", "é"] {
            let expected =
                format!("max-record is {text}, but it must be a number of bytes above 0, such as 256MiB or 1GB");
            assert_eq!(size("max-record", text).expect_err(text).to_string(), expected);
        }
    }
}
