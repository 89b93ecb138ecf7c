//! `doublon schema`.

use anyhow::Result;
use clap::{Args as Group, ValueEnum};
use doublon::report::schema;

use crate::cli::exit::Outcome;
use crate::cli::output::Output;

#[derive(Debug, Group)]
pub struct SchemaArgs {
    /// Of what: findings, or statistics
    ///
    /// `findings` is what `scan --format json` writes, `stats` what `stats --format json` does.
    #[arg(value_enum, default_value = "findings")]
    of: SavedFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum SavedFormat {
    Findings,
    Stats,
}

/// Prints the schema.
///
/// # Errors
///
/// When the output cannot be written.
pub fn run(args: &SchemaArgs) -> Result<Outcome> {
    let schema = match args.of {
        SavedFormat::Findings => schema::of_findings(),
        SavedFormat::Stats => schema::of_statistics(),
    };
    Output::Stdout.write(false, |out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        out.write_all(b"\n")
    })?;
    Ok(Outcome::Done)
}
