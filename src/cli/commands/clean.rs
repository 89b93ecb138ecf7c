//! `doublon clean`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context, Result, bail};
use clap::{Args as Group, ValueEnum};
use doublon::finding::{Parameters, Sink};
use doublon::index::{Index, PreparedAdd};
use doublon::report::text::{counted, number};
use doublon::rewrite::{
    AddedFields, CleanOptions, CleanSummary, CutEdge, DocumentTreatment, MergedField, PassageTreatment, Plan, Planner,
    check, prepare_left, removals, settle, settle_against,
};
use doublon::scan::{Progress, Resources, RunState, scan_into};
use doublon_core::Level;

use crate::cli::args::{AgainstArgs, ListArgs, MessageArgs, ResumeArgs, RunArgs};
use crate::cli::copying::{CopyRequest, only_source, with_sources};
use crate::cli::course::Course;
use crate::cli::exit::Outcome;
use crate::cli::facts::{FactsGatherer, RunFacts};
use crate::cli::held::{held_index, passage_config};
use crate::cli::hints;
use crate::cli::output::Output;
use crate::cli::plan::{Notes, PlanNotes, write_plan};
use crate::cli::progress::Meter;
use crate::cli::resume;
use crate::cli::saved::{read_decisions, send_findings};
use crate::cli::say::say;

#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
#[derive(Debug, Group)]
pub struct CleanArgs {
    /// Files and folders to clean
    ///
    /// They are read as by `doublon scan`, and never changed. Standard input cannot be cleaned: it gives its bytes only
    /// once.
    #[arg(value_name = "PATH", required_unless_present_any = ["from", "files_from"])]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    lists: ListArgs,
    #[command(flatten)]
    against: AgainstArgs,
    /// Folder for the clean copy, or of one file the file
    ///
    /// It must be new or empty, and may not lie in a folder that is read. It appears when the copy is whole, and not
    /// before. A copy of one folder has its files under their names; of several, under the names of the folders. What
    /// was removed, and for what, is told in DIR/_doublon. A copy of one file is a file if its name has the same ending,
    /// and is told of in the folder _doublon-NAME beside it.
    ///
    /// Example: --out clean/
    ///
    /// Example: doublon clean corpus.jsonl --out clean.jsonl
    #[arg(long, help_heading = "Copy", value_name = "DIR", required_unless_present = "dry_run")]
    out: Option<PathBuf>,
    /// Replace an earlier output
    ///
    /// Nothing but an output of `doublon clean` is replaced, and only once the new one is whole.
    ///
    /// Example: --out clean/ --overwrite
    #[arg(long, help_heading = "Copy", requires = "out")]
    overwrite: bool,
    /// Tell what would be removed, and write no copy
    ///
    /// What goes stands with what stays for it, those first of which most goes, and what stays though it repeats with the
    /// reason; then how many bytes would go, and where the copy would be. It goes to standard output, or to the file of -o.
    ///
    /// Example: --dry-run --out clean/
    #[arg(long, help_heading = "Copy")]
    dry_run: bool,
    /// Form of the plan of --dry-run
    ///
    /// `text` is for people and has the largest groups; `json` has the lines that DIR/_doublon/removed.jsonl would have.
    ///
    /// Example: --dry-run --format json | jq .doc.source
    #[arg(long, help_heading = "Copy", value_enum, value_name = "FORM", default_value = "text", requires = "dry_run")]
    format: PlanFormat,
    /// Write the plan of --dry-run to FILE
    ///
    /// Example: --dry-run --format json -o plan.jsonl
    #[arg(short, long, help_heading = "Copy", value_name = "FILE", requires = "dry_run")]
    output: Option<PathBuf>,
    /// Act on saved findings instead of scanning
    ///
    /// FILE is what `doublon scan --format json` wrote. Nothing is written if a file is not what it was then; the exit
    /// code is then 4. Flags that say how to read and to compare are refused, but for --ignore-text: findings do not
    /// hold known text, so it is given again. Paths, if given, are those that names in the output start from;
    /// nothing is read that is not below them. A file that was no source, as a picture, is copied only from below them or
    /// the current folder.
    ///
    /// Example: --from found.jsonl --out clean/
    #[arg(long, help_heading = "Copy", value_name = "FILE")]
    from: Option<PathBuf>,
    /// Let go and stay what was decided in FILE
    ///
    /// FILE is what the page of `--format html` saves when its findings were reviewed: documents and places that stay, go,
    /// or stay in the stead of others. What goes is nevertheless a verified copy of what stays. A decision on what is not
    /// found has no effect and is told; so use the flags with which the page was made.
    ///
    /// Example: doublon clean archive/ --decisions decisions.jsonl --out clean/
    #[arg(long, help_heading = "Copy", value_name = "FILE")]
    decisions: Option<PathBuf>,
    /// What becomes of duplicate documents
    ///
    /// `drop` leaves them out. `mark` leaves all documents in, and adds a field doublon to those of a cluster: its number,
    /// and in duplicates the kept one and how alike they are. JSON records get the field, tables and Parquet a column; of other
    /// formats _doublon/removed.jsonl tells the same.
    ///
    /// Example: --documents mark
    #[arg(long, help_heading = "Copy", value_enum, value_name = "WHAT", default_value = "drop")]
    documents: DocumentsArg,
    /// Add a field with the number of documents that a kept one stands for
    ///
    /// Itself included: 1 for one without duplicates. JSON records get the field, tables and Parquet a column.
    ///
    /// Example: --count-field cluster_size
    #[arg(long, help_heading = "Copy", value_name = "NAME")]
    count_field: Option<String>,
    /// Add the values of a field of the duplicates to the kept one
    ///
    /// As a list, in order of their places, in a field merged_FIELD, or NAME if FIELD=NAME is given; tables and
    /// Parquet get a column with the list as JSON. May be repeated.
    ///
    /// Example: --merge-field url=all_urls
    #[arg(long, help_heading = "Copy", value_name = "FIELD")]
    merge_field: Vec<String>,
    /// What becomes of passages that repeat
    ///
    /// `keep` leaves them alone. `cut` takes out all places of a passage but one, each measured against that one: the
    /// share of its words that the kept place has must reach --threshold. `mark` leaves the text and adds a field
    /// doublon_repeats to JSON records, and a column to tables and Parquet files: where these places start and end, in
    /// characters.
    ///
    /// Example: --passages cut
    #[arg(long, help_heading = "Copy", value_enum, value_name = "WHAT", default_value = "keep")]
    passages: PassagesArg,
    /// Where a cut may begin and end
    ///
    /// Between sentences, paragraphs or words. What does not fill a whole one stays, unless less than five words of it
    /// are missing and --threshold is still reached with them. A loop in a sentence is cut to its unit. With `word`, what a
    /// passage has beyond the break of a sentence stays if it is shorter than --min-words and does not fill the sentence.
    ///
    /// Example: --passages cut --cut-at paragraph
    #[arg(long, help_heading = "Copy", value_enum, value_name = "EDGE", default_value = "sentence")]
    cut_at: EdgeArg,
    /// Also cut passages that differ in numbers or operators
    ///
    /// Without it, a line or a sentence with another number than the kept place stays, as in a price list or a table: of its
    /// words that the kept place does not have, 30% and more have a digit. Numbers of items (`2.`, `3)`) do not count. So does
    /// one with another operator, as `a * b` beside `a / b`.
    ///
    /// Example: --passages cut --cut-other-data
    #[arg(long, help_heading = "Copy")]
    cut_other_data: bool,
    /// Remove documents of which cuts leave fewer words
    ///
    /// One for which others were removed, unless nothing is left of it, or that holds the kept place of a passage, stays
    /// nevertheless.
    ///
    /// Example: --passages cut --min-left 50
    #[arg(long, help_heading = "Copy", value_name = "N", default_value_t = 1)]
    min_left: usize,
    /// Allow that nothing is left of a file of several documents
    ///
    /// Without it, such a copy is refused: it is what a wrong field or a template looks like.
    ///
    /// Example: --allow-wipeout
    #[arg(long, help_heading = "Copy")]
    allow_wipeout: bool,
    /// Add what stays to the index of --against
    ///
    /// The documents of the copy that the index has not, and that repeat none of those before them. The copy gets its name
    /// first, when it is whole; then the index has all of them. A run that fails or is killed before leaves neither. One
    /// that is killed between the two leaves the copy alone: run it again with --overwrite.
    ///
    /// Example: doublon clean week-48/ --against seen/ --add --out new/
    #[arg(long, help_heading = "Copy", requires = "against", requires = "out", conflicts_with_all = ["dry_run", "from"])]
    add: bool,
    #[command(flatten)]
    pub run: RunArgs,
    #[command(flatten)]
    resume: ResumeArgs,
    #[command(flatten)]
    messages: MessageArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PlanFormat {
    Text,
    Json,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum DocumentsArg {
    Drop,
    Mark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum PassagesArg {
    Keep,
    Cut,
    Mark,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum EdgeArg {
    Word,
    Sentence,
    Paragraph,
}

/// Scans or reads findings, plans, checks the plan, and writes the copy.
///
/// # Errors
///
/// When an argument is wrong, the scan fails, a source changed, or the copy cannot be written. There is no output then.
pub fn run(args: &CleanArgs) -> Result<Outcome> {
    let given = GivenInput::of(args)?;
    let plan_output = Output::prepare(args.output.as_deref(), &given.paths)?;
    let (passages, cuts) = (args.passages != PassagesArg::Keep, args.passages == PassagesArg::Cut);
    let meter = Meter::of(&args.messages, Course::of_clean(passages, cuts, args.from.is_none()));
    let done = clean(args, &given, Some(&plan_output), &meter);
    meter.finish();
    let done = done.inspect_err(|_| resume::tell_kept(given.resources.state.as_ref(), args.messages.quiet));
    let Cleaned { facts, summary, new } = done?;
    if !args.messages.quiet {
        tell(&summary, args, &given);
        if let (Some(index), Some(new)) = (&given.index, new) {
            say(&format!("{} added to {}", counted(new, "document"), index.display()));
        }
        hints::tell_left_out(&summary.left_out, "neither read nor copied");
        hints::tell_skipped(&facts.skipped);
        hints::tell_against(&facts);
        hints::tell_revisits(&facts, summary.removed);
        hints::tell_fields(&facts.skipped, facts.summary.documents, &facts.header.parameters.input.text_field);
        hints::tell_keep(&facts);
        hints::tell_ids(&facts);
        hints::tell_unclosed(&facts);
        hints::tell_records(&facts);
    }
    Ok(Outcome::of(&facts, None, false))
}

/// Does what [`run`] does, prints nothing, and returns the counts. The plan of a dry run is not written.
///
/// # Errors
///
/// As [`run`], or if the run is ended early.
pub fn run_silently(args: &CleanArgs, progress: &dyn Progress) -> Result<(RunFacts, CleanSummary)> {
    let given = GivenInput::of(args)?;
    let Cleaned { facts, summary, .. } = clean(args, &given, None, progress)?;
    Ok((facts, summary))
}

/// What a run did.
struct Cleaned {
    facts: RunFacts,
    summary: CleanSummary,
    /// How many documents were added to an index, if that was asked for.
    new: Option<u64>,
}

/// What is cleaned.
struct GivenInput {
    /// The index with which it is compared, if that is one.
    index: Option<PathBuf>,
    /// All paths that are read, those in lists too.
    paths: Vec<PathBuf>,
    /// Those of them that have a copy.
    cleaned: Vec<PathBuf>,
    /// Where names in the output start from.
    roots: Vec<PathBuf>,
    /// How it is found and read; with saved findings, none but the known text counts.
    parameters: Parameters,
    /// What the run may use.
    resources: Resources,
}

impl GivenInput {
    fn of(args: &CleanArgs) -> Result<Self> {
        let level = if args.passages == PassagesArg::Keep { Level::Documents } else { Level::All };
        let mut parameters = args.run.parameters(level)?;
        let held = held_index(&args.against, &parameters, &args.run.given)?;
        if let Some(held) = held.as_ref().filter(|_| level.passages()) {
            parameters.config = passage_config(held, &parameters, &args.run.given)?;
        }
        let index = args.against.paths.first().filter(|_| held.is_some()).cloned();
        if args.add && index.is_none() {
            bail!("--add adds to an index, and --against names none; make one with `doublon index build`");
        }
        let against = if index.is_some() { &AgainstArgs::default() } else { &args.against };
        let paths = args.lists.compared_paths(&args.paths, against, &mut parameters)?;
        let cleaned: Vec<PathBuf> = paths.iter().filter(|path| !parameters.input.against.has(path)).cloned().collect();
        let is_named = |path: &&PathBuf| !parameters.input.listed.has(path);
        let mut roots: Vec<PathBuf> = cleaned.iter().filter(is_named).cloned().collect();
        if roots.is_empty() && args.from.is_none() {
            roots.push(PathBuf::from(".")); // what a list or a pattern names has these names in the output
        }
        let mut resources = args.run.resources()?;
        resources.state = args.state(&paths, &parameters, index.is_some())?;
        Ok(Self { index, paths, cleaned, roots, parameters, resources })
    }
}

/// Findings were made by their own settings, so that others would have no effect.
fn refuse_settings(args: &CleanArgs) -> Result<()> {
    let counts = |flag: &&String| {
        ["--threads", "--memory", "--tmp", "--config", "--ignore-text"].iter().any(|means| flag.starts_with(means))
    };
    let lists = (!args.lists.files_from.is_empty()).then(|| "--files-from".to_owned());
    let against = (!args.against.paths.is_empty()).then(|| "--against".to_owned());
    let mut flags = args.run.given.iter().chain(&lists).chain(&against);
    match flags.find(|flag| !counts(flag)).filter(|_| args.from.is_some()) {
        Some(flag) => bail!("{flag} has no effect with --from, which acts on findings as they are; scan again with it"),
        None => Ok(()),
    }
}

/// What repeats inside documents stays if passages do.
fn refuse_unit(args: &CleanArgs) -> Result<()> {
    let is_given = args.run.given.iter().any(|flag| flag.starts_with("--unit"));
    if is_given && args.passages == PassagesArg::Keep {
        bail!("--unit has no effect without --passages cut or --passages mark");
    }
    Ok(())
}

fn clean(args: &CleanArgs, given: &GivenInput, plan_output: Option<&Output>, meter: &dyn Progress) -> Result<Cleaned> {
    refuse_settings(args)?;
    refuse_unit(args)?;
    let added = args.added()?;
    let request = args.request(given);
    let mut target = None;
    if args.from.is_none() {
        // What is wrong with the output is told before the work.
        target = request.prepare(&given.paths, given.cleaned.first().filter(|_| given.cleaned.len() == 1))?;
    }
    let planner = Planner::new(args.options());
    let planner = if args.from.is_some() { planner.of_saved(given.paths.clone()) } else { planner };
    let planner = match args.decisions.as_deref().map(read_decisions).transpose()? {
        Some(decisions) => planner.with_decisions(decisions),
        None => planner,
    };
    let gatherer = FactsGatherer::new(PlanNotes::new(planner, args.tells_plan()));
    let mut index = given.index.as_deref().map(Index::open).transpose()?;
    let planned = match &mut index {
        Some(index) if args.passages != PassagesArg::Keep => plan_passages(args, given, index, gatherer, meter)?,
        index => plan_documents(args, given, index.as_mut(), gatherer, meter)?,
    };
    let PlannedCopy { facts, mut plan, notes, prepared, new } = planned;
    plan.added = added;
    refuse_emptied_copy(args, new)?;
    if args.from.is_some() {
        check(&plan)?.plan().check_keepers()?;
        target = request.prepare(&with_sources(&given.paths, &plan), only_source(&plan))?;
    }
    let summary = request.carry_out(&mut plan, target, &given.paths, meter)?;
    if let Some(state) = &given.resources.state {
        resume::close(state, args.messages.quiet);
    }
    if let Some(prepared) = prepared {
        prepared.commit().context("the copy is whole, and the index could not be written")?;
    }
    if let Some(output) = plan_output.filter(|_| args.tells_plan()) {
        meter.finish();
        let copy = request.told_copy(&plan)?;
        output.write(false, |out| write_plan(&plan, &notes, &summary, &copy, out))?;
    } else if let Some(output) = plan_output.filter(|_| args.dry_run) {
        output.write(false, |out| removals(&plan, out))?;
    }
    Ok(Cleaned { facts, summary, new })
}

/// A copy that was whole when its run was stopped may have been added already; made again it would be empty.
fn refuse_emptied_copy(args: &CleanArgs, new: Option<u64>) -> Result<()> {
    let Some(out) = args.out.as_deref().filter(|out| args.add && args.overwrite && new == Some(0) && out.exists())
    else {
        return Ok(());
    };
    let (out, index) = (out.display(), args.against.paths[0].display());
    bail!(
        "{out}: stays as it is: {index} has all documents already, as after a run that has come to its end, and the new copy would \
         have none; name another folder if you want that"
    )
}

/// What is to be done.
struct PlannedCopy<'i> {
    facts: RunFacts,
    plan: Plan,
    notes: Notes,
    /// What is added to an index when the copy is whole, and how many documents that are.
    prepared: Option<PreparedAdd<'i>>,
    new: Option<u64>,
}

/// What findings go through while they come.
type Gatherer = FactsGatherer<PlanNotes<Planner>>;

/// Plans a copy from a scan, from findings, or of documents that an index decides on.
fn plan_documents<'i>(
    args: &CleanArgs,
    given: &GivenInput,
    index: Option<&'i mut Index>,
    mut gatherer: Gatherer,
    meter: &dyn Progress,
) -> Result<PlannedCopy<'i>> {
    let prepared = find(args, given, index, meter, &mut gatherer)?;
    let (facts, planner, notes) = gathered(gatherer, args, meter)?;
    let mut plan = planner.finish()?;
    if args.from.is_some() {
        args.run.give_known_text(&mut plan.parameters)?;
    }
    settle(&mut plan, &args.options(), &given.resources, meter)?;
    let new = prepared.as_ref().map(|_| facts.summary.kept - facts.summary.compared_with());
    Ok(PlannedCopy { facts, plan, notes, prepared, new })
}

/// Plans a copy without what an index holds, of documents and of passages.
fn plan_passages<'i>(
    args: &CleanArgs,
    given: &GivenInput,
    index: &'i mut Index,
    mut gatherer: Gatherer,
    meter: &dyn Progress,
) -> Result<PlannedCopy<'i>> {
    let (Parameters { config, input }, resources) = (&given.parameters, &given.resources);
    refuse_stdin(args)?;
    let lock = args.add.then(|| index.lock()).transpose()?;
    index.decide_with_passages(&given.paths, config, input, resources, meter, &mut gatherer)?;
    let (facts, planner, notes) = gathered(gatherer, args, meter)?;
    let mut plan = planner.finish_against(index)?;
    settle_against(&mut plan, &args.options(), index, resources, meter)?;
    let prepared = lock.map(|lock| prepare_left(&plan, index, lock, resources, meter)).transpose()?;
    let (prepared, added) = prepared.unzip();
    let new = added.map(|added| added.kept - added.compared_with());
    Ok(PlannedCopy { facts, plan, notes, prepared, new })
}

/// Returns what was gathered, if there is something to plan with.
fn gathered(gatherer: Gatherer, args: &CleanArgs, meter: &dyn Progress) -> Result<(RunFacts, Planner, Notes)> {
    let (facts, planner) = gatherer.finish();
    let (planner, notes) = planner.finish();
    hints::refuse_empty(&facts, args.messages.quiet, meter)?;
    meter.phase("planning", None);
    Ok((facts, planner, notes))
}

/// Standard input gives its bytes only once, and a copy reads them again.
fn refuse_stdin(args: &CleanArgs) -> Result<()> {
    if args.paths.iter().any(|path| path == Path::new("-")) {
        bail!("standard input gives its bytes only once; write it to a file and clean that");
    }
    Ok(())
}

/// Scans, or reads findings, and hands them to `sink`. Returns what is to be added to an index when the copy is whole.
fn find<'i>(
    args: &CleanArgs,
    given: &GivenInput,
    index: Option<&'i mut Index>,
    meter: &dyn Progress,
    sink: &mut (dyn Sink + Send),
) -> Result<Option<PreparedAdd<'i>>> {
    if let Some(path) = &args.from {
        send_findings(path, sink)?;
        return Ok(None);
    }
    refuse_stdin(args)?;
    let (Parameters { config, input }, paths, resources) = (&given.parameters, &given.paths, &given.resources);
    match index {
        Some(index) if args.add => return Ok(Some(index.prepare(paths, input, resources, meter, sink)?.0)),
        Some(index) => index.decide(paths, input, resources, meter, sink)?,
        None => scan_into(paths, config, input, resources, meter, sink)?,
    };
    Ok(None)
}

fn tell(summary: &CleanSummary, args: &CleanArgs, given: &GivenInput) {
    for warning in &summary.warnings {
        say(&format!("warning: {warning}"));
    }
    let CleanSummary { documents, kept, removed, skipped, passages, .. } = summary;
    let [documents_in, kept, removed, skipped] = [documents, kept, removed, skipped].map(|&n| number(n));
    let marked = if summary.marked > 0 { format!("; {} marked", number(summary.marked)) } else { String::new() };
    let against = summary.against.map_or_else(String::new, |n| format!("; compared with {}", counted(n, "document")));
    say(&format!("documents: {documents_in} = {kept} kept + {removed} removed + {skipped} skipped{marked}{against}"));
    if !summary.documents_left.is_empty() {
        let left = summary.documents_left.values().sum();
        let (verb, they) = if left == 1 { ("stays", "it repeats another") } else { ("stay", "they repeat others") };
        let reasons = reasons(&summary.documents_left);
        say(&format!("{} {verb} though {they} ({reasons})", counted(left, "document")));
    }
    if args.passages != PassagesArg::Keep {
        let verb = if args.passages == PassagesArg::Cut { "cut" } else { "marked" };
        let left: u64 = summary.passages_left.values().sum();
        let reasons = reasons(&summary.passages_left);
        let reasons = if reasons.is_empty() { reasons } else { format!(" ({reasons})") };
        say(&format!("passages: {} {verb}, {} left{reasons}", number(*passages), number(left)));
    }
    let not_copied: u64 = summary.not_copied.values().sum();
    if not_copied > 0 {
        let reasons: Vec<_> = summary.not_copied.iter().map(|(reason, n)| format!("{n} {reason}")).collect();
        say(&format!("{} not copied ({})", counted(not_copied, "file"), reasons.join(", ")));
    }
    args.request(given).tell_written(summary);
}

/// `3 decided, 1 unverified`.
fn reasons(counts: &BTreeMap<&'static str, u64>) -> String {
    let told: Vec<_> =
        counts.iter().map(|(reason, &n)| format!("{} {}", number(n), reason.replace('_', " "))).collect();
    told.join(", ")
}

impl CleanArgs {
    /// Whether the plan is told for people.
    fn tells_plan(&self) -> bool {
        self.dry_run && self.format == PlanFormat::Text
    }

    fn request<'a>(&'a self, given: &'a GivenInput) -> CopyRequest<'a> {
        CopyRequest {
            out: self.out.as_deref(),
            overwrite: self.overwrite,
            dry_run: self.dry_run,
            quiet: self.messages.quiet,
            allow_wipeout: self.allow_wipeout,
            roots: &given.roots,
            cancel: self.run.cancel(),
            state: given.resources.state.as_ref(),
        }
    }

    /// Opens what an earlier run finished, if this one is to go on with it.
    fn state(&self, paths: &[PathBuf], parameters: &Parameters, is_with_index: bool) -> Result<Option<Arc<RunState>>> {
        if self.resume.resume && self.dry_run {
            bail!("--resume has no effect with --dry-run, which writes nothing");
        }
        let Some(out) = self.out.as_deref().filter(|_| self.resume.resume) else { return Ok(None) };
        resume::refuse(paths, is_with_index)?;
        let decisions = self.decisions.as_deref().map(std::fs::read).transpose();
        let decisions = decisions.context("the decisions cannot be read")?;
        let settings = (paths, parameters, self.options(), self.added()?, decisions);
        resume::open(out, &settings, self.messages.quiet).map(Some)
    }

    /// Returns the fields that records get.
    fn added(&self) -> Result<AddedFields> {
        if self.documents == DocumentsArg::Mark && self.passages == PassagesArg::Cut {
            bail!("--documents mark removes nothing, and --passages cut does; mark passages too, or keep them");
        }
        let merged = |given: &String| {
            let (field, name) = match given.rsplit_once('=').filter(|(_, name)| !name.contains(']')) {
                Some((field, name)) => (field.to_owned(), name.to_owned()),
                None => (given.clone(), format!("merged_{given}")),
            };
            MergedField { field, name }
        };
        let merge: Vec<MergedField> = self.merge_field.iter().map(merged).collect();
        let names: Vec<&String> = self.count_field.iter().chain(merge.iter().map(|merged| &merged.name)).collect();
        if names.iter().any(|name| name.is_empty()) || merge.iter().any(|merged| merged.field.is_empty()) {
            bail!("a field has no name; say --count-field NAME and --merge-field FIELD or FIELD=NAME");
        }
        if let Some(twice) = names.iter().enumerate().find(|(n, name)| names[..*n].contains(name)) {
            bail!("two fields are to be called {}; give them different names", twice.1);
        }
        Ok(AddedFields { count: self.count_field.clone(), merge })
    }

    fn options(&self) -> CleanOptions {
        CleanOptions {
            documents: match self.documents {
                DocumentsArg::Drop => DocumentTreatment::Drop,
                DocumentsArg::Mark => DocumentTreatment::Mark,
            },
            passages: match self.passages {
                PassagesArg::Keep => PassageTreatment::Keep,
                PassagesArg::Cut => PassageTreatment::Cut,
                PassagesArg::Mark => PassageTreatment::Mark,
            },
            cut_at: match self.cut_at {
                EdgeArg::Word => CutEdge::Word,
                EdgeArg::Sentence => CutEdge::Sentence,
                EdgeArg::Paragraph => CutEdge::Paragraph,
            },
            cut_other_data: self.cut_other_data,
            min_left: self.min_left,
        }
    }
}
