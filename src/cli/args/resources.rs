//! What a run may use: threads, memory, a folder.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::PathBuf;

use clap::Args as Group;
use doublon::Result;
use doublon::scan::{Cancel, Resources};

use super::value::{refused, size};
use crate::cli::interrupt;

/// The least memory that a run is held to. With less, 1.2 million documents of 12 words took 43 MB whatever was asked.
const LEAST_MEMORY: u64 = 64 << 20;

/// The most threads that are started.
const MOST_THREADS: usize = 1024;

#[derive(Debug, Group)]
#[command(next_help_heading = "Resources")]
pub struct ResourceArgs {
    /// Use N threads; 0 is one for each processor
    ///
    /// The result is the same for any number.
    ///
    /// Example: --threads 4 leaves the other processors alone.
    #[arg(short = 'j', long, value_name = "N", default_value_t = 0)]
    threads: usize,
    /// Keep what is known of documents in SIZE of memory [default: no limit]
    ///
    /// A number of bytes, at least 64MiB, or with a unit as for --max-record. What does not fit goes to --tmp, which
    /// takes time; so do texts that cannot be read again at their place, as those of compressed files and of standard
    /// input. The program itself, and what a single text or a single finding takes, are not counted: up to 64 MiB, and more
    /// where one has many megabytes. The result is the same for any size. With -v, an estimate of what is needed is told first.
    ///
    /// Example: --level documents --memory 4GiB --tmp /scratch
    #[arg(long, value_name = "SIZE")]
    memory: Option<String>,
    /// Folder for what does not fit into --memory
    ///
    /// By default it is the folder for temporary files of the system. The files there have no names, and are gone when
    /// the run ends, however it ends.
    ///
    /// Example: --tmp /scratch
    #[arg(long, value_name = "DIR")]
    tmp: Option<PathBuf>,
    /// What ends the run early, where somebody does; in the program, a signal.
    #[arg(skip = interrupt::cancel())]
    pub cancel: Cancel,
}

impl ResourceArgs {
    /// Returns what the run may use.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn resources(&self) -> Result<Resources> {
        let Self { threads, memory, tmp, cancel } = self;
        if *threads > MOST_THREADS {
            return Err(refused("threads", threads, "from 0 to 1024"));
        }
        let memory = memory.as_deref().map(|text| size("memory", text)).transpose()?;
        if let Some(bytes) = memory.filter(|&bytes| bytes < LEAST_MEMORY) {
            return Err(refused("memory", &bytes, "at least 64MiB"));
        }
        if let Some(folder) = tmp.as_deref().filter(|folder| !folder.is_dir()) {
            return Err(refused("tmp", &folder.display(), "a folder that is there"));
        }
        Ok(Resources { threads: *threads, memory, tmp: tmp.clone(), cancel: cancel.clone(), state: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;

    #[derive(Parser)]
    struct OnlyResources {
        #[command(flatten)]
        resources: ResourceArgs,
    }

    fn resources(flags: &str) -> Result<Resources> {
        let flags = ["test"].into_iter().chain(flags.split_whitespace());
        OnlyResources::try_parse_from(flags).expect("valid usage").resources.resources()
    }

    fn refusal(flags: &str) -> String {
        resources(flags).expect_err(flags).to_string()
    }

    #[test]
    fn resources_are_checked() {
        let found = resources("--memory 80MB --tmp data").expect("valid");
        assert_eq!((found.threads, found.memory, found.tmp), (0, Some(80_000_000), Some("data".into())));
        assert_eq!(refusal("--threads 2000"), "threads is 2000, but it must be from 0 to 1024");
        assert_eq!(refusal("--memory 1MiB"), "memory is 1048576, but it must be at least 64MiB");
        assert_eq!(refusal("--tmp no-such-folder"), "tmp is no-such-folder, but it must be a folder that is there");
        assert_eq!(refusal("--tmp Cargo.toml"), "tmp is Cargo.toml, but it must be a folder that is there");
    }
}
