//! `doublon schema`.

use anyhow::Result;
use clap::{Args as Group, ValueEnum};

use super::exit::Outcome;
use super::output::Output;
use crate::report::schema;

#[derive(Debug, Group)]
pub struct SchemaArgs {
    /// Of what: findings, or statistics
    ///
    /// `findings` is what `scan --format json` writes, `stats` what `stats --format json` does.
    #[arg(value_enum, default_value = "findings")]
    of: Saved,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Saved {
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
        Saved::Findings => schema::of_findings(),
        Saved::Stats => schema::of_statistics(),
    };
    Output::Stdout.write(false, |out| {
        serde_json::to_writer_pretty(&mut *out, &schema)?;
        out.write_all(b"\n")
    })?;
    Ok(Outcome::Done)
}
