//! Which file settings are taken from.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::PathBuf;

use clap::Args as Group;

#[derive(Debug, Group)]
pub struct SettingsFileArgs {
    /// Take settings from FILE instead of doublon.toml
    ///
    /// Without it, doublon.toml is looked for in the current folder and those above it, up to the home folder, and never
    /// in what is read. Its keys are the names of flags; `doublon config` shows what holds. Flags go before variables of
    /// the environment such as DOUBLON_THRESHOLD, and these before the file.
    ///
    /// Example: --config strict.toml
    #[arg(
        long,
        global = true,
        value_name = "FILE",
        env = "DOUBLON_CONFIG",
        hide_env = true,
        help_heading = "Settings"
    )]
    pub config: Option<PathBuf>,
    /// Read no doublon.toml
    ///
    /// Variables of the environment still count.
    ///
    /// Example: --no-config where results have to be the same on every machine.
    #[arg(long, global = true, help_heading = "Settings")]
    pub no_config: bool,
}
