//! How documents are read and compared: the flags that `scan`, `clean`, `stats` and `compare` have in common.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args as Group, Command};
use doublon::finding::Parameters;
use doublon::scan::{Cancel, Resources};
use doublon::{Config, Level, Result};
use doublon_core::text::KnownText;

use super::documents::DocumentArgs;
use super::input::InputArgs;
use super::passages::PassageArgs;
use super::presets::{Presets, preset_names};
use super::resources::ResourceArgs;
use super::text::TextArgs;
use crate::cli::config::is_switch;

/// How documents are read and compared: the flags of every command that scans.
#[derive(Debug, Group)]
pub struct RunArgs {
    /// Start from settings that have a name
    ///
    /// For documents: fineweb, refinedweb, slimpajama, redpajama2, bigcode and nemo have the shingles, bands, rows and
    /// threshold of published pipelines; `doublon params --preset NAME` tells of them. For passages: fast, default and
    /// thorough, of which each finds more edited passages than the one before, and takes more time. May be given twice,
    /// once for each. What is given by other flags goes before it.
    ///
    /// Example: --preset fineweb --threshold 0.8
    #[arg(long, value_name = "NAME", hide_possible_values = true, value_parser = preset_names())]
    preset: Vec<String>,
    #[command(flatten)]
    resources: ResourceArgs,
    #[command(flatten)]
    documents: DocumentArgs,
    #[command(flatten)]
    passages: PassageArgs,
    #[command(flatten)]
    text: TextArgs,
    #[command(flatten)]
    input: InputArgs,
    /// Those of these flags that stand on the command line, in the form in which they can be given again.
    #[arg(skip)]
    pub given: Vec<String>,
}

impl RunArgs {
    /// Returns what determines the result.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn parameters(&self, level: Level) -> Result<Parameters> {
        let input = self.input.options()?;
        Ok(Parameters { config: self.config(level, self.text.known_text(&input)?)?, input })
    }

    /// Gives saved settings their known text, if there is any among the flags and it is asked for.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is not that which the settings were saved with.
    pub fn give_known_text(&self, saved: &mut Parameters) -> Result<()> {
        let is_given = self.given.iter().any(|flag| flag.starts_with("--ignore-text"));
        let is_wanted = saved.config.known_text.is_missing() && !self.text.ignore_text.is_empty();
        if is_given || is_wanted {
            saved.config = saved.config.with_known_text(self.text.known_text(&saved.input)?)?;
        }
        Ok(())
    }

    fn config(&self, level: Level, known_text: KnownText) -> Result<Config> {
        let presets = Presets::named(&self.preset)?;
        // Presets have shingles, so they come after the options of text.
        let builder = self.text.configure(Config::builder().level(level).known_text(known_text));
        let builder = self.documents.configure(builder, presets.documents)?;
        Ok(self.passages.configure(builder, presets.windows).build()?)
    }

    /// Returns what ends the run early.
    pub fn cancel(&self) -> Cancel {
        self.resources.cancel.clone()
    }

    /// Says what ends the run early.
    pub fn end_by(&mut self, cancel: Cancel) {
        self.resources.cancel = cancel;
    }

    /// Returns what the run may use.
    ///
    /// # Errors
    ///
    /// When a value is outside its range.
    pub fn resources(&self) -> Result<Resources> {
        self.resources.resources()
    }

    /// Remembers which of these flags stand on the command line.
    pub fn note_given(&mut self, matches: &ArgMatches) {
        let run = Self::augment_args(Command::new("run")).arg(Arg::new("config").long("config"));
        let source = |arg: &&Arg| matches.value_source(arg.get_id().as_str());
        let given = run.get_arguments().filter(|arg| source(arg) == Some(ValueSource::CommandLine));
        self.given = given.flat_map(|arg| again(arg, matches)).collect();
    }
}

/// Returns a flag with its values, in the form in which it can be given again.
fn again(arg: &Arg, matches: &ArgMatches) -> Vec<String> {
    let name = arg.get_long().unwrap_or_default();
    if is_switch(arg) {
        return vec![format!("--{name}")];
    }
    let values = matches.get_raw(arg.get_id().as_str()).into_iter().flatten();
    values.map(|value| format!("--{name}={}", value.to_string_lossy())).collect()
}

#[cfg(test)]
mod tests {
    use clap::Parser;
    use doublon::Scope;
    use doublon::finding::{BadInput, InputOptions, RecordMode};
    use doublon_core::sketch::WindowParameters;
    use doublon_core::text::TextOptions;
    use encoding_rs::Encoding;

    use super::*;

    #[derive(Parser)]
    struct OnlyRun {
        #[command(flatten)]
        run: RunArgs,
    }

    fn parsed(flags: &str) -> RunArgs {
        let flags = ["test"].into_iter().chain(flags.split_whitespace());
        OnlyRun::try_parse_from(flags).expect("valid usage").run
    }

    fn parameters(flags: &str) -> Result<Parameters> {
        parsed(flags).parameters(Level::All)
    }

    fn config(flags: &str) -> Config {
        parameters(flags).expect("valid").config
    }

    fn refusal(flags: &str) -> String {
        parameters(flags).expect_err(flags).to_string()
    }

    #[test]
    fn defaults_are_those_of_the_library() {
        assert_eq!(parameters("").expect("valid"), Parameters::default());
        assert_eq!(parsed("").resources().expect("valid").threads, 0);
    }

    #[test]
    fn values_outside_their_range_are_refused_with_the_range() {
        assert_eq!(refusal("--threshold 1.5"), "threshold is 1.5, but it must be above 0 and at most 1");
        assert_eq!(refusal("--threshold -0.1"), "threshold is -0.1, but it must be above 0 and at most 1");
        assert_eq!(refusal("--threshold NaN"), "threshold is NaN, but it must be above 0 and at most 1");
        assert_eq!(refusal("--recall 1"), "recall is 1, but it must be above 0 and below 1");
        assert_eq!(refusal("--min-identity 0"), "min-identity is 0, but it must be above 0 and at most 1");
        assert_eq!(refusal("--window 40"), "window is 40, but it must be at most --min-words");
        assert_eq!(refusal("--bands 0 --rows 5"), "bands is 0, but it must be at least 1");
        assert_eq!(refusal("--bands 9 --rows 0"), "rows is 0, but it must be at least 1");
        assert_eq!(refusal("--bands 70000 --rows 2"), "bands times rows is 140000, but it must be at most 65536");
        assert_eq!(
            refusal("--shingle char:0"),
            "shingle is char:0, but it must be word:N or char:N with N from 1 to 64"
        );
        assert_eq!(refusal("--text-field="), "text-field is empty, but it must be the name of a field");
        assert_eq!(
            refusal("--threshold 0.001"),
            "threshold is 0.001 with recall 0.99, but it must be within reach of 4096 hash functions; raise it, or lower the recall"
        );
        assert_eq!(
            refusal("--max-record=0"),
            "max-record is 0, but it must be a number of bytes above 0, such as 256MiB or 1GB"
        );
    }

    #[test]
    fn bands_and_rows_override_recall_together() {
        let given = config("--bands 14 --rows 8 --recall 0.5");
        assert_eq!((given.bands, given.rows), (14, 8));
        for flag in ["--bands", "--rows"] {
            assert!(OnlyRun::try_parse_from(["test", flag, "5"]).is_err(), "{flag} alone");
        }
    }

    #[test]
    fn a_preset_of_documents_gives_way_to_other_flags() {
        let found = |flags: &str| {
            let found = config(flags);
            (found.text.shingle.to_string(), found.bands, found.rows, found.threshold)
        };
        assert_eq!(found("--preset fineweb"), ("word:5".into(), 14, 8, 0.75));
        assert_eq!(found("--preset redpajama2"), ("word:13".into(), 9, 13, 0.8));
        assert_eq!(found("--preset nemo"), ("char:24".into(), 20, 13, 0.8));
        assert_eq!(found("--preset redpajama2 --shingle word:4"), ("word:4".into(), 9, 13, 0.8));
        assert_eq!(found("--preset fineweb --threshold 0.9"), ("word:5".into(), 14, 8, 0.9));
        assert_eq!(found("--preset fineweb --bands 20 --rows 5"), ("word:5".into(), 20, 5, 0.75));
        assert_eq!(found("--preset fineweb --threshold 0.8 --recall 0.99"), ("word:5".into(), 12, 5, 0.8));
    }

    #[test]
    fn a_preset_of_passages_sets_the_windows_and_leaves_documents_alone() {
        let found = config("--preset thorough --min-words 10 --exhaustive");
        assert_eq!(found.windows, WindowParameters { k: 4, words: 10, bands: 3, rows: 1, exhaustive: true });
        assert_eq!((found.bands, found.rows), (12, 5));
        let both = config("--preset fast --preset fineweb");
        assert_eq!((both.windows.words, both.bands), (12, 14));
        let expected = "preset is fast and fineweb and thorough, but it must be at most one name for documents and one for passages";
        assert_eq!(refusal("--preset fast --preset fineweb --preset thorough"), expected);
    }

    #[test]
    fn each_flag_reaches_its_parameter() {
        let flags = "--threshold 0.7 --shingle word:9 --pairs --scope across --inside-duplicates \
            --min-words 30 --min-identity 0.6 --window 10 --window-shingle 4 --window-bands 2 --window-rows 3 \
            --exhaustive --fold-accents --fold-script --fold-digits --keep-case --seed 7 --text-field body \
            --id-field url --max-record 1KiB --max-ratio 9 --record lines --encoding latin1 --glob *.txt --exclude x --follow";
        let found = parameters(flags).expect("valid");
        let text = TextOptions {
            shingle: "word:9".parse().expect("valid"),
            keep_case: true,
            fold_accents: true,
            fold_script: true,
            fold_digits: true,
        };
        let config = Config::builder()
            .threshold(0.7)
            .text(text)
            .seed(7)
            .pairs(true)
            .scope(Scope::Across)
            .inside_duplicates(true)
            .min_words(30)
            .min_identity(0.6)
            .windows(WindowParameters { k: 4, words: 10, bands: 2, rows: 3, exhaustive: true });
        let input = InputOptions {
            text_field: "body".into(),
            id_field: "url".into(),
            max_record: 1024,
            max_ratio: 9,
            record: RecordMode::Lines,
            encoding: Encoding::for_label(b"latin1"),
            glob: vec!["*.txt".into()],
            exclude: vec!["x".into()],
            follow: true,
            ..InputOptions::default()
        };
        assert_eq!(found, Parameters { config: config.build().expect("valid"), input });
        let flags = "--glob *.txt --glob a/* --bad-input skip";
        let input = parameters(flags).expect("valid").input;
        assert_eq!((input.glob.len(), input.bad_input), (2, BadInput::Skip));
    }
}
