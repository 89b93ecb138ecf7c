//! Messages on standard error. Control characters that input may have put into a message are made visible first.

use std::io::{self, Write};

use doublon::report::visible::visible;

/// Writes a message to standard error, after the name of the program.
pub fn say(text: &str) {
    let _ = writeln!(io::stderr(), "doublon: {}", visible(text)); // nobody is left to tell
}

/// Writes lines to standard error as they are.
pub fn write_plain(text: &str) {
    let _ = writeln!(io::stderr(), "{text}"); // nobody is left to tell
}
