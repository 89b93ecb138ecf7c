//! The parts that the sheets of `params` are set from: paragraphs, labelled lines, and rounded numbers.

use std::io::{self, Write};

use serde::{Serialize, Serializer};

use super::text::wrap;

/// Columns of a sheet.
pub(super) const WIDTH: usize = 80;
/// Columns of a label.
const LABEL: usize = 12;

/// Writes a paragraph, broken into lines.
pub(super) fn paragraph(text: &str, out: &mut dyn Write) -> io::Result<()> {
    wrap(text, WIDTH).iter().try_for_each(|line| writeln!(out, "{line}"))
}

/// Writes a label with a text beside it, broken into lines.
pub(super) fn labelled(label: &str, text: &str, out: &mut dyn Write) -> io::Result<()> {
    let lines = wrap(text, WIDTH - LABEL);
    let labels = [label].into_iter().chain(std::iter::repeat(""));
    lines.iter().zip(labels).try_for_each(|(line, label)| writeln!(out, "{label:<LABEL$}{line}"))
}

/// A share that is written with six decimals: more would show how a processor rounds.
pub(super) struct Rounded(pub f64);

impl Serialize for Rounded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_f64((self.0 * 1e6).round() / 1e6)
    }
}
