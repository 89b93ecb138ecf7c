//! Whether a run keeps what it has finished.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::Args as Group;

#[derive(Debug, Group)]
pub struct ResumeArgs {
    /// Keep what is finished, so that a stopped run can go on
    ///
    /// Run the same command again after a kill, a full disk or a power failure: what was read, what was found and which files
    /// were written is taken from the folder .NAME.doublon-resume beside the output, and the result is the same byte for
    /// byte. All inputs are read for their hash first; if they or the settings are others, the run begins anew. The folder
    /// takes about 150 bytes a document, and 4 a word where passages are compared; it goes when the output is whole.
    ///
    /// Example: --resume
    #[arg(long, help_heading = "Resources")]
    pub resume: bool,
}
