//! How candidates of repeated passages are found: the flags that `scan` and `params` share.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::parser::ValueSource;
use clap::{ArgMatches, Args as Group, Command};
use doublon_core::sketch::WindowParameters;

#[derive(Debug, Group)]
#[command(next_help_heading = "Passages")]
pub struct WindowArgs {
    /// Ignore passages of fewer than N words
    ///
    /// They are counted, not listed: bylines, captions and menus repeat by nature. N is at least 3, and with --unit at
    /// least and by default 1; below 8 the search
    /// starts from shorter runs of words, which takes more time.
    ///
    /// In scripts written without spaces a character counts as a word (Chinese, Japanese) or as a quarter (Thai, Lao,
    /// Khmer, Burmese), so that 20 words are 20 or 80 characters. Korean, Arabic and Cyrillic have spaces, and words
    /// as in English.
    ///
    /// Example: --min-words 8 also reports single sentences.
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub min_words: usize,
    /// Look for passages by windows of N words [default: 8]
    ///
    /// At least a shingle, and at most --min-words. Two places with the same N words in a row always meet, which
    /// `doublon params --passages` tells more of. Longer windows take less time, and miss more passages that were
    /// edited.
    ///
    /// Example: --window 16 finds what was copied word for word.
    #[arg(long, value_name = "N")]
    window: Option<usize>,
    /// Make the shingles of windows of N words [default: 5]
    ///
    /// From 2 to 64, and at most --window. Where passages are edited, shorter shingles find more of them; they take
    /// more time, since set phrases meet too.
    ///
    /// Example: --window-shingle 4
    #[arg(long, value_name = "N")]
    window_shingle: Option<usize>,
    /// Give each window N bands [default: 1]
    ///
    /// Each is a further chance for passages that were edited, and takes as much time again. Two windows of similarity
    /// s meet with probability 1 - (1 - s^rows)^bands.
    ///
    /// Example: --window-bands 3 --window-shingle 4 --window 12
    #[arg(long, value_name = "N")]
    window_bands: Option<usize>,
    /// Rows of a band of a window [default: 1]
    ///
    /// All of them have to agree: more rows find fewer edited passages, and let fewer wrong candidates through.
    ///
    /// Example: --window-bands 8 --window-rows 2
    #[arg(long, value_name = "N")]
    window_rows: Option<usize>,
}

impl WindowArgs {
    /// Returns the first of these flags that stands on the command line.
    pub fn given(matches: &ArgMatches) -> Option<String> {
        let definition = Self::augment_args(Command::new("windows"));
        let is_given = |id: &&str| matches.value_source(id) == Some(ValueSource::CommandLine);
        let ids: Vec<&str> = definition.get_arguments().map(|arg| arg.get_id().as_str()).collect();
        ids.iter().find(|id| is_given(id)).map(|id| format!("--{}", id.replace('_', "-")))
    }

    /// Returns what the flags come to: what is given, else what the preset has, else the default. A window that was not
    /// asked for is no longer than the shortest passage, or that one could be missed.
    ///
    /// The values are not checked here: building a configuration from them does that.
    ///
    /// `least` is the length of the shortest passage.
    pub fn windows(&self, preset: Option<WindowParameters>, least: usize) -> WindowParameters {
        let fitting = preset.unwrap_or_default().within(least);
        let words = self.window.unwrap_or(fitting.words.max(self.window_shingle.unwrap_or(1)));
        WindowParameters {
            k: self.window_shingle.unwrap_or(fitting.k.min(words)),
            words,
            bands: self.window_bands.unwrap_or(fitting.bands),
            rows: self.window_rows.unwrap_or(fitting.rows),
            ..fitting
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use doublon::{Config, Result};
    use doublon_core::candidate::presets::passage_preset;

    use super::*;

    #[derive(Parser)]
    struct OnlyWindows {
        #[command(flatten)]
        windows: WindowArgs,
    }

    /// The windows of a configuration that is built of the flags.
    fn windows(flags: &str, preset: Option<&str>) -> Result<WindowParameters> {
        let only = OnlyWindows::try_parse_from(["test"].into_iter().chain(flags.split_whitespace())).expect(flags);
        let windows = only.windows.windows(preset.and_then(passage_preset), only.windows.min_words);
        Ok(Config::builder().min_words(only.windows.min_words).windows(windows).build()?.windows)
    }

    fn shape(flags: &str, preset: Option<&str>) -> (usize, usize, usize, usize) {
        let WindowParameters { k, words, bands, rows, .. } = windows(flags, preset).expect(flags);
        (k, words, bands, rows)
    }

    #[test]
    fn flags_go_before_the_preset_and_the_preset_before_the_default() {
        assert_eq!(windows("", None).expect("valid"), WindowParameters::default());
        assert_eq!(shape("", Some("thorough")), (4, 12, 3, 1));
        assert_eq!(shape("--window 10 --window-rows 2", Some("thorough")), (4, 10, 3, 2));
        assert_eq!(shape("--window 16 --window-shingle 3 --window-bands 4 --window-rows 2", None), (3, 16, 4, 2));
    }

    #[test]
    fn windows_shrink_with_the_shortest_passage() {
        assert_eq!(shape("--min-words 8", None), (5, 8, 1, 1));
        assert_eq!(shape("--min-words 6", None), (5, 6, 1, 1));
        assert_eq!(shape("--min-words 3", None), (3, 3, 1, 1));
        assert_eq!(shape("--min-words 10", Some("fast")), (5, 10, 1, 1));
    }

    #[test]
    fn what_was_not_given_fits_what_was() {
        assert_eq!(shape("--window 4", None), (4, 4, 1, 1));
        assert_eq!(shape("--window-shingle 10", None), (10, 10, 1, 1));
    }

    #[test]
    fn what_has_no_sense_is_refused() {
        for (flags, message) in [
            ("--min-words 2", "min-words is 2, but it must be at least 3"),
            ("--window 0", "window is 0, but it must be at least 1"),
            ("--window 21", "window is 21, but it must be at most --min-words"),
            ("--window-shingle 1", "window-shingle is 1, but it must be from 2 to 64"),
            ("--min-words 90 --window-shingle 65", "window-shingle is 65, but it must be from 2 to 64"),
            ("--window 6 --window-shingle 7", "window-shingle is 7, but it must be at most --window"),
            ("--window-shingle 21", "window is 21, but it must be at most --min-words"),
            ("--window-bands 0", "window-bands is 0, but it must be at least 1"),
            ("--window-rows 0", "window-rows is 0, but it must be at least 1"),
            ("--window-bands 100 --window-rows 3", "window-bands times window-rows is 300, but it must be at most 256"),
        ] {
            assert_eq!(windows(flags, None).expect_err(flags).to_string(), message);
        }
    }
}
