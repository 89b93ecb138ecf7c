//! `doublon index`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::io::{self, Write};
use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::{ArgMatches, Args as Group, Subcommand, ValueEnum};
use doublon::finding::{Parameters, RecordId, Sink, Summary};
use doublon::index::{Compacted, Index, IndexCheck, IndexInfo, RemovedFromIndex, Selection};
use doublon::report::text::{bytes, counted, number, summary_line};
use doublon::report::visible::visible;
use doublon::scan::{Progress, Resources};
use doublon::{Config, Level};
use serde_json::json;

use crate::cli::args::value::share;
use crate::cli::args::{
    AgainstArgs, InputArgs, ListArgs, MessageArgs, RenderArgs, RenderFormat, ResourceArgs, ShapeArgs, TextArgs,
    WindowArgs,
};
use crate::cli::config::{nearest_settings, set_variables};
use crate::cli::course::Course;
use crate::cli::exit::Outcome;
use crate::cli::facts::{FactsGatherer, RunFacts};
use crate::cli::output::Output;
use crate::cli::progress::Meter;
use crate::cli::render::{self, render};
use crate::cli::say::say;
use crate::cli::{held, hints};

#[derive(Debug, Group)]
pub struct IndexArgs {
    #[command(subcommand)]
    command: IndexCommand,
}

#[derive(Debug, Subcommand)]
enum IndexCommand {
    /// Make an index of the documents in files and folders
    ///
    /// The folder must be new or empty. Duplicates among the documents are not taken up, and are reported as by `doublon
    /// scan --level documents`. What the flags say of documents holds for the index ever after.
    ///
    /// Example: doublon index build seen/ archive/
    Build(Box<BuildArgs>),
    /// Add the documents that are new
    ///
    /// What is a duplicate of a document in the index, or of one before it, is not taken up; it is reported. If the run
    /// fails or is killed, the index is what it was.
    ///
    /// Example: doublon index add seen/ week-48/
    Add(Box<AskArgs>),
    /// Say which documents the index has already
    ///
    /// They are measured against those of the index and not against each other. The report is that of `doublon scan
    /// --against`, and names the old document by its source, record and id. Nothing is changed.
    ///
    /// Example: doublon index query seen/ new.jsonl --format json
    ///
    /// Example: curl -s https://example.org/page | doublon index query seen/ -
    Query(Box<QueryArgs>),
    /// Say what an index holds
    ///
    /// Example: doublon index info seen/
    Info(InfoArgs),
    /// Read all of an index, and say what is damaged
    ///
    /// Exit codes: 0 nothing is; 1 something is; 2 it cannot be opened.
    ///
    /// Example: doublon index verify seen/
    Verify(PlaceArgs),
    /// Write an index anew, without what was removed
    ///
    /// It takes less room then, and is asked faster if it was added to often. The answers stay the same.
    ///
    /// Example: doublon index compact seen/
    Compact(CompactArgs),
    /// Remove documents, so that what is like them is new again
    ///
    /// Duplicates of them that were not taken up do not come back.
    ///
    /// Example: doublon index remove seen/ --id a17 --id a18
    ///
    /// Example: doublon index remove seen/ --source archive/2024.jsonl
    Remove(RemoveArgs),
}

#[derive(Debug, Group)]
struct BuildArgs {
    #[command(flatten)]
    ask: AskArgs,
    #[command(flatten)]
    shape: ShapeArgs,
    /// Take only documents with the same characters for duplicates
    ///
    /// Up to white space and Unicode normalisation (NFC), as `doublon scan --exact`.
    ///
    /// Example: --exact
    #[arg(long, help_heading = "Documents")]
    exact: bool,
    /// Which of several new duplicates stays
    ///
    /// `first` by path and place; `prefer:GLOB,...` one whose source matches the earliest of these patterns; `given-order`
    /// one whose path was given first. What is in the index already stays in any case.
    ///
    /// Example: --keep prefer:gold
    #[arg(long, value_name = "WHICH", default_value = "first", help_heading = "Documents")]
    keep: String,
    /// What the index is to find
    ///
    /// `documents`: which new documents are duplicates of old ones. `all`: which passages of new ones stand in old ones as
    /// well. It holds what the words of the documents are then, and takes about half as much room again.
    ///
    /// Example: --level all
    #[arg(long, value_enum, default_value = "documents")]
    level: QueryLevel,
    #[command(flatten)]
    windows: WindowArgs,
    /// A flag on the command line that says which passages are found.
    #[arg(skip)]
    of_passages: Option<String>,
    #[command(flatten)]
    text: TextArgs,
}

#[derive(Debug, Group)]
struct AskArgs {
    /// The folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
    /// Files and folders to read, or - for standard input
    ///
    /// They are read as by `doublon scan`.
    #[arg(required_unless_present = "files_from", value_name = "PATH")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    lists: ListArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    resources: ResourceArgs,
    #[command(flatten)]
    render: RenderArgs,
    #[command(flatten)]
    messages: MessageArgs,
    /// Refused: an index finds documents by their similarity
    ///
    /// Compare with the old files instead.
    ///
    /// Example: doublon scan NEW --against OLD --containment 80%
    #[arg(long, hide = true, value_name = "SHARE")]
    containment: Option<String>,
}

impl AskArgs {
    /// Refuses what an index cannot do, and tells that nobody reads the settings that are elsewhere.
    fn check(&self) -> Result<()> {
        if let Some(share) = &self.containment {
            bail!(
                "--containment {share}: an index finds documents by their similarity; leave it out, or compare with the \
                 old files: `doublon scan NEW --against OLD --containment {share}`"
            );
        }
        for elsewhere in nearest_settings().into_iter().chain(set_variables()).filter(|_| !self.messages.quiet) {
            say(&format!("{elsewhere} is not read by `doublon index`: what it says has to be given as flags"));
        }
        Ok(())
    }
}

#[derive(Debug, Group)]
struct QueryArgs {
    #[command(flatten)]
    ask: AskArgs,
    /// What to compare: documents, passages or all
    ///
    /// `passages`: which passages of the new documents stand in old ones, of an index that was built with --level all. The
    /// old place is named by its document and its words, since an index does not hold the text. `all`: which are
    /// duplicates, and which passages of the others stand in old ones.
    ///
    /// Example: --level passages
    #[arg(long, value_enum, default_value = "documents")]
    level: QueryLevel,
    /// Ignore passages of fewer than N words
    ///
    /// By default N is that with which the index was built; it is for --level passages. N is at least the length of a window, 8 by
    /// default.
    ///
    /// Example: --level passages --min-words 50
    #[arg(long, value_name = "N")]
    min_words: Option<usize>,
    /// Ignore passages of which less is equal, word by word
    ///
    /// As `doublon scan --min-identity`, 0.45 by default; it is for --level passages.
    ///
    /// Example: --level passages --min-identity 0.9
    #[arg(long, value_name = "SHARE", allow_negative_numbers = true, value_parser = share)]
    min_identity: Option<f64>,
}

impl QueryArgs {
    /// Returns the settings of a query: those of the index, but for what is said of passages.
    fn config(&self, index: &Index) -> Result<Config> {
        match self.level {
            QueryLevel::Documents if self.min_words.is_some() || self.min_identity.is_some() => {
                bail!("--min-words and --min-identity choose passages, and documents are asked for: --level passages")
            }
            QueryLevel::Documents => return Ok(index.config().clone()),
            QueryLevel::All | QueryLevel::Passages => {}
        }
        let config = index.config();
        let builder = config.to_builder().level(self.level.into());
        let builder = builder.min_identity(self.min_identity.unwrap_or(config.min_identity));
        Ok(builder.min_words(self.min_words.unwrap_or(config.min_words)).build()?)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum QueryLevel {
    Documents,
    Passages,
    All,
}

impl From<QueryLevel> for Level {
    fn from(level: QueryLevel) -> Self {
        match level {
            QueryLevel::Documents => Self::Documents,
            QueryLevel::Passages => Self::Passages,
            QueryLevel::All => Self::All,
        }
    }
}

#[derive(Debug, Group)]
struct PlaceArgs {
    /// The folder of the index
    #[arg(value_name = "DIR")]
    index: PathBuf,
}

#[derive(Debug, Group)]
struct InfoArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Form of the answer
    ///
    /// Example: --format json
    #[arg(long, value_enum, value_name = "FORM", default_value = "text")]
    format: InfoFormat,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum InfoFormat {
    Text,
    Json,
}

#[derive(Debug, Group)]
struct CompactArgs {
    #[command(flatten)]
    place: PlaceArgs,
    #[command(flatten)]
    resources: ResourceArgs,
}

#[derive(Debug, Group)]
struct RemoveArgs {
    #[command(flatten)]
    place: PlaceArgs,
    /// Remove the documents with this id
    ///
    /// All that have it, of any source unless --source names some. A number is one, and no text of the same digits: that
    /// is named in double quotes, --id '"17"', as reports show it. So are true, false and null. May be repeated.
    ///
    /// Example: --id a17 --id 17 --id '"18"'
    #[arg(long, value_name = "ID", required_unless_present = "source")]
    id: Vec<String>,
    /// Remove the documents of this source
    ///
    /// Its name is the path by which it was added. Together with --id, only what fits both goes. May be repeated.
    ///
    /// Example: --source archive/2024.jsonl
    #[arg(long, value_name = "SOURCE")]
    source: Vec<String>,
}

impl IndexArgs {
    /// Remembers which flags stand on the command line, as far as they may be refused.
    pub fn note_given(&mut self, matches: &ArgMatches) {
        if let (IndexCommand::Build(args), Some((_, given))) = (&mut self.command, matches.subcommand()) {
            args.of_passages = WindowArgs::given(given);
        }
    }
}

/// Runs one of the commands of an index.
///
/// # Errors
///
/// When an argument is wrong, the index cannot be read or written, or the report cannot.
pub fn run(args: &IndexArgs) -> Result<Outcome> {
    match &args.command {
        IndexCommand::Build(args) => build(args),
        IndexCommand::Add(args) => {
            args.check()?;
            add(Index::open(&args.index)?, args)
        }
        IndexCommand::Query(args) => query(args),
        IndexCommand::Info(args) => {
            let info = Index::open(&args.place.index)?.info()?;
            write_out(|out| write_info(&info, args.format, out))
        }
        IndexCommand::Verify(args) => verify(&args.index),
        IndexCommand::Compact(args) => {
            let compacted = Index::open(&args.place.index)?.compact(&args.resources.resources()?)?;
            write_out(|out| write_compacted(&compacted, out))
        }
        IndexCommand::Remove(args) => {
            let ids = args.id.iter().map(|id| RecordId::of_typed(id)).collect();
            let which = Selection { ids, sources: args.source.clone() };
            let removed = Index::open(&args.place.index)?.remove(&which)?;
            tell_unknown(&removed);
            write_out(|out| write_removed(&removed, out))
        }
    }
}

fn build(args: &BuildArgs) -> Result<Outcome> {
    let BuildArgs { ask, shape, exact, keep, level, windows, of_passages, text } = args;
    ask.check()?;
    let passages = match level {
        QueryLevel::Documents => {
            if let Some(flag) = of_passages {
                bail!(
                    "{flag} says which passages are found, and this index finds documents: give --level all, or leave it out"
                );
            }
            false
        }
        QueryLevel::All => true,
        QueryLevel::Passages => bail!("an index of passages has documents too: give --level all"),
    };
    let known_text = text.known_text(&ask.input.options()?)?;
    let builder = text.configure(Config::builder().level(Level::Documents).known_text(known_text));
    let builder = shape.configure(builder, None)?.exact(*exact).keep(keep.parse()?);
    let builder = builder.min_words(windows.min_words).windows(windows.windows(None, windows.min_words));
    let config = builder.build()?;
    let is_new = !Index::is_at(&ask.index);
    // An index without a document is what a run leaves that was killed.
    let index = match Index::open(&ask.index) {
        Ok(index) if index.info()?.adds == 0 && index.has_passages() == passages => {
            index.check_config(&config)?;
            index
        }
        _ if passages => Index::create_with_passages(&ask.index, &config)?,
        _ => Index::create(&ask.index, &config)?,
    };
    add(index, ask).inspect_err(|_| {
        if is_new {
            Index::undo_create(&ask.index);
        }
    })
}

fn add(mut index: Index, args: &AskArgs) -> Result<Outcome> {
    let before = index.info()?.documents;
    let facts = ask(args, index.config().clone(), |parameters, paths, resources, meter, sink| {
        index.add(paths, &parameters.input, resources, meter, sink)
    })?;
    if !args.messages.quiet {
        let after = index.info()?;
        let new = counted(after.documents - before, "document");
        say(&format!("{new} added, {} in the index, {}", number(after.documents), bytes(after.bytes)));
    }
    Ok(Outcome::of(&facts, None, false))
}

fn query(args: &QueryArgs) -> Result<Outcome> {
    args.ask.check()?;
    let index = Index::open(&args.ask.index)?;
    let config = args.config(&index)?;
    let facts = ask(&args.ask, config, |parameters, paths, resources, meter, sink| {
        let Parameters { config, input } = parameters;
        held::ask(&index, paths, config, input, resources, meter, sink)
    })?;
    Ok(Outcome::of(&facts, None, false))
}

/// Runs over the paths of a command, and reports what was found.
fn ask(
    args: &AskArgs,
    config: Config,
    mut run: impl FnMut(
        &Parameters,
        &[PathBuf],
        &Resources,
        &dyn Progress,
        &mut (dyn Sink + Send),
    ) -> doublon::Result<Summary>,
) -> Result<RunFacts> {
    let mut parameters = Parameters { config, input: args.input.options()? };
    let paths = args.lists.compared_paths(&args.paths, &AgainstArgs::default(), &mut parameters)?;
    let resources = args.resources.resources()?;
    let output = render::prepare(&args.render, &paths)?;
    let meter = Meter::of(&args.messages, Course::of_scan(parameters.config.level.passages()));
    let facts = report(&args.render, &output, &resources, |sink| {
        let done = run(&parameters, &paths, &resources, &meter, sink);
        meter.finish();
        done
    })?;
    if !args.messages.quiet {
        tell(&facts, &args.render, &output, &parameters);
    }
    Ok(facts)
}

fn report(
    args: &RenderArgs,
    output: &Output,
    resources: &Resources,
    run: impl FnOnce(&mut (dyn Sink + Send)) -> doublon::Result<Summary>,
) -> Result<RunFacts> {
    let folder = resources.tmp.clone().unwrap_or_else(std::env::temp_dir);
    render(args, output, &folder, None, |report| {
        let mut gatherer = FactsGatherer::new(report);
        run(&mut gatherer)?;
        Ok(gatherer.finish().0)
    })
}

/// The report for people on standard output has the counts already.
fn tell(facts: &RunFacts, args: &RenderArgs, output: &Output, parameters: &Parameters) {
    if args.format != RenderFormat::Text || *output != Output::Stdout {
        say(&summary_line(&facts.header, &facts.summary));
    }
    hints::tell_left_out(&facts.summary.left_out, "left out");
    hints::tell_fields(&facts.skipped, facts.summary.documents, &parameters.input.text_field);
    hints::tell_ids(facts);
}

fn verify(place: &Path) -> Result<Outcome> {
    let IndexCheck { files, documents, faults } = Index::open(place)?.verify()?;
    write_out(|out| {
        faults.iter().try_for_each(|fault| writeln!(out, "{}", visible(fault)))?;
        let whole = if faults.is_empty() { "nothing is damaged" } else { "the index is damaged" };
        writeln!(out, "{} and {} read: {whole}", counted(files, "file"), counted(documents, "document"))
    })?;
    Ok(if faults.is_empty() { Outcome::Done } else { Outcome::Condition })
}

fn write_info(info: &IndexInfo, format: InfoFormat, out: &mut dyn Write) -> io::Result<()> {
    let IndexInfo { documents, text_bytes, bytes: size, passage_bytes, segments, removed, .. } = info;
    let IndexInfo { adds, read, duplicates, unicode, .. } = info;
    if format == InfoFormat::Json {
        let told = json!({
            "schema": "doublon.index-info/1",
            "documents": documents,
            "text_bytes": text_bytes,
            "bytes": size,
            "passage_bytes": passage_bytes,
            "segments": segments,
            "removed": removed,
            "adds": adds,
            "read": read,
            "duplicates": duplicates,
            "unicode": unicode,
        });
        return writeln!(out, "{told}");
    }
    let each = size / documents.max(&1);
    writeln!(out, "{}, {} of text", counted(*documents, "document"), bytes(*text_bytes))?;
    writeln!(out, "{} in {}, {} bytes a document", bytes(*size), counted(*segments as u64, "segment"), number(each))?;
    if let Some(of_passages) = passage_bytes {
        let each = of_passages / documents.max(&1);
        writeln!(out, "{} of them for passages, {} bytes a document", bytes(*of_passages), number(each))?;
    }
    let times = counted(*adds, "run");
    writeln!(out, "{} read in {times}; {} were duplicates", counted(*read, "document"), number(*duplicates))?;
    if *removed > 0 {
        writeln!(out, "{} removed and taking room until `doublon index compact`", counted(*removed, "document"))?;
    }
    Ok(())
}

fn write_compacted(compacted: &Compacted, out: &mut dyn Write) -> io::Result<()> {
    let Compacted { bytes_before, bytes_after, segments_before, segments_after } = compacted;
    let (before, after) = (counted(*segments_before as u64, "segment"), counted(*segments_after as u64, "segment"));
    writeln!(out, "{before}, {} -> {after}, {}", bytes(*bytes_before), bytes(*bytes_after))
}

/// Says of each id and source that no document has it, and how the documents are named that look as if they had it.
fn tell_unknown(removed: &RemovedFromIndex) {
    removed.unknown.iter().for_each(|name| say(&format!("no document of the index has {}", visible(name))));
    for id in &removed.alike {
        let (id, kind) = (id.typed(), if id.is_string() { "a text" } else { "no text" });
        say(&format!("there are documents with the id {}, which is {kind}: name them with --id '{0}'", visible(&id)));
    }
}

fn write_removed(removed: &RemovedFromIndex, out: &mut dyn Write) -> io::Result<()> {
    writeln!(out, "{} removed", counted(removed.documents, "document"))
}

fn write_out(content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<Outcome> {
    Output::Stdout.write(false, content)?;
    Ok(Outcome::Done)
}
