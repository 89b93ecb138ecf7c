//! Conditions under which a complete run ends with exit code 1.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::PathBuf;

use clap::Args as Group;
use doublon::Result;

use super::value::refused;

#[derive(Debug, Group)]
#[command(next_help_heading = "Exit code")]
pub struct LimitArgs {
    /// End with exit code 1 if more of the text is repeated
    ///
    /// What is repeated is the bytes of removed documents, and in kept ones those of passages that stand elsewhere too;
    /// the percentage is of all bytes of text.
    ///
    /// Example: --fail-over 10%
    #[arg(long, value_name = "PERCENT", allow_negative_numbers = true)]
    fail_over: Option<String>,
    /// Count and show only what FILE does not have
    ///
    /// FILE is what `doublon scan --format json` wrote before. What stands there is known, though lines move, files are
    /// renamed or a few words change; --fail-over judges what is new. In JSON all is listed, and what is new has a mark.
    ///
    /// Example: --baseline known.jsonl --fail-over 0%
    #[arg(long, value_name = "FILE")]
    pub baseline: Option<PathBuf>,
    /// End with exit code 1 if there was nothing to compare
    ///
    /// An empty folder is such a case, or one of which --glob leaves nothing.
    ///
    /// Example: --fail-on-empty in a script, where a wrong path should be noticed.
    #[arg(long)]
    pub fail_on_empty: bool,
}

impl LimitArgs {
    /// Returns the share of `--fail-over`.
    ///
    /// # Errors
    ///
    /// When it is no percentage.
    pub fn fail_over(&self) -> Result<Option<f64>> {
        let Some(text) = &self.fail_over else { return Ok(None) };
        let percent = text.strip_suffix('%').unwrap_or(text).trim().parse::<f64>();
        match percent {
            Ok(percent) if (0.0..=100.0).contains(&percent) => Ok(Some(percent / 100.0)),
            _ => Err(refused("fail-over", text, "a percentage from 0% to 100%")),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[derive(Parser)]
    struct OnlyLimits {
        #[command(flatten)]
        limits: LimitArgs,
    }

    fn fail_over(flags: &str) -> Result<Option<f64>> {
        let flags = ["test"].into_iter().chain(flags.split_whitespace());
        OnlyLimits::try_parse_from(flags).expect("valid usage").limits.fail_over()
    }

    #[test]
    fn a_limit_is_a_percentage() {
        assert_eq!(fail_over("").expect("valid"), None);
        assert_eq!(fail_over("--fail-over 10%").expect("valid"), Some(0.1));
        assert_eq!(fail_over("--fail-over 12.5").expect("valid"), Some(0.125));
        let refusal = fail_over("--fail-over 101%").expect_err("too much").to_string();
        assert_eq!(refusal, "fail-over is 101%, but it must be a percentage from 0% to 100%");
    }
}
