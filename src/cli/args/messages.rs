//! How much is written to standard error.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::Args as Group;

#[derive(Debug, Group)]
#[command(next_help_heading = "Messages")]
pub struct MessageArgs {
    /// Show neither progress nor counts
    ///
    /// Results and errors remain.
    ///
    /// Example: -q --fail-over 5% is for scripts that look at the exit code only.
    #[arg(short, long, conflicts_with = "verbose")]
    pub quiet: bool,
    /// Tell the parameters and the time of each phase
    ///
    /// Example: -v
    #[arg(short, long)]
    pub verbose: bool,
    /// Show no progress
    ///
    /// The counts are still told.
    ///
    /// Example: --no-progress in a log.
    #[arg(long)]
    pub no_progress: bool,
}
