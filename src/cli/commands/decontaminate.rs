//! `doublon decontaminate`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};
use clap::builder::PossibleValuesParser;
use clap::{Args as Group, ValueEnum};
use doublon::finding::{
    CONTAMINATION_RULES, Contamination, ContaminationRule, Finding, Parameters, PlacedSpan, Sink, Summary, TextFields,
};
use doublon::report::text::{counted, items_found, number};
use doublon::rewrite::{CleanOptions, CleanSummary, CutEdge, PassageTreatment, Planner};
use doublon::scan::{Progress, decontaminate};
use doublon::{Config, Level};

use crate::cli::args::{
    AgainstArgs, InputArgs, ListArgs, MessageArgs, RenderArgs, RenderFormat, ResourceArgs, TextArgs, refused, share,
    text_or_json,
};
use crate::cli::copying::CopyRequest;
use crate::cli::course::Course;
use crate::cli::exit::Outcome;
use crate::cli::facts::{FactsGatherer, RunFacts};
use crate::cli::hints;
use crate::cli::output::Output;
use crate::cli::progress::Meter;
use crate::cli::render::{self, render};
use crate::cli::say::say;

#[derive(Debug, Group)]
#[command(
    mut_arg("format", |format| format.value_parser(text_or_json())),
    mut_arg("sort", |arg| arg.hide(true)) // of findings only
)]
pub struct DecontaminateArgs {
    /// Files and folders of the corpus
    ///
    /// They are read as by `doublon scan`, and never changed.
    #[arg(value_name = "PATH", required_unless_present = "files_from")]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    lists: ListArgs,
    /// Evaluation set: a file, or a folder with all that is in it
    ///
    /// Each record or file is an item. They are read and never removed. May be repeated.
    ///
    /// Example: --eval gsm8k.jsonl --eval mmlu/
    #[arg(long, help_heading = "Evaluation items", value_name = "PATH", required = true)]
    eval: Vec<PathBuf>,
    /// Field that holds the text of an evaluation item
    ///
    /// If it is another than in the corpus, which --text-field names. Given twice, both are its text.
    ///
    /// Example: --eval-field question --eval-field answer
    #[arg(long, help_heading = "Evaluation items", value_name = "FIELD")]
    eval_field: Vec<String>,
    /// When an item counts as found
    ///
    /// `ngram`: the document has 13 of its words in a row. `gpt3`: so too, but for what more than 10 documents have. `palm`: 70%
    /// of its n-grams of 8 words are somewhere in the corpus. `tulu3`: half of its words are in n-grams of 8 words
    /// that one document has. `item`: all its words in a row. `passage`: 80% of its words in their order, in one
    /// place, with others between them. Case and punctuation do not matter. An item of fewer words than an n-gram is looked
    /// for as a whole; one of fewer than 8 is told as too short.
    ///
    /// Example: --rule tulu3
    #[arg(long, help_heading = "Evaluation items", value_name = "RULE", default_value = "ngram", value_parser = rule_names())]
    rule: String,
    /// Words of an n-gram
    ///
    /// Instead of those of the rule. A Han or kana character counts as half a word, one of Thai, Lao, Khmer or Burmese as a quarter.
    ///
    /// Example: --ngram 8
    #[arg(long, help_heading = "Evaluation items", value_name = "N")]
    ngram: Option<usize>,
    /// Least share of an item that must be found
    ///
    /// Instead of that of the rule. Above 0 and at most 1.
    ///
    /// Example: --rule tulu3 --min-share 0.3
    #[arg(long, help_heading = "Evaluation items", value_name = "SHARE", allow_negative_numbers = true, value_parser = share)]
    min_share: Option<f64>,
    /// Leave out n-grams that more documents have
    ///
    /// They are taken for common phrases. Mind that what has leaked often is in many documents too.
    ///
    /// Example: --max-documents 1000
    #[arg(long, help_heading = "Evaluation items", value_name = "N")]
    max_documents: Option<u32>,
    /// Write the corpus without the items to DIR, or of one file to a file
    ///
    /// It must be new or empty, and appears when it is whole. What was removed, and for which item, is told in
    /// DIR/_doublon; `doublon verify DIR` proves it.
    ///
    /// Example: --out clean/
    #[arg(long, help_heading = "Copy", value_name = "DIR")]
    out: Option<PathBuf>,
    /// What goes: documents that hold an item, or the places alone
    ///
    /// Of `places`, what of the item stands there goes, and nothing around it.
    ///
    /// Example: --out clean/ --remove places
    #[arg(long, help_heading = "Copy", value_enum, value_name = "WHAT", default_value = "documents", requires = "out")]
    remove: RemoveArg,
    /// Replace an earlier output
    ///
    /// Example: --out clean/ --overwrite
    #[arg(long, help_heading = "Copy", requires = "out")]
    overwrite: bool,
    /// Allow that nothing is left of a file of several documents
    ///
    /// Example: --allow-wipeout
    #[arg(long, help_heading = "Copy", requires = "out")]
    allow_wipeout: bool,
    /// End with exit code 1 if any item was found
    ///
    /// Example: --fail-on-found before a training run.
    #[arg(long, help_heading = "Exit code")]
    fail_on_found: bool,
    #[command(flatten)]
    resources: ResourceArgs,
    #[command(flatten)]
    text: TextArgs,
    #[command(flatten)]
    input: InputArgs,
    #[command(flatten)]
    render: RenderArgs,
    #[command(flatten)]
    messages: MessageArgs,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum RemoveArg {
    Documents,
    Places,
}

fn rule_names() -> PossibleValuesParser {
    PossibleValuesParser::new(CONTAMINATION_RULES.map(|(name, _)| name))
}

/// Looks for evaluation items, reports, and writes the copy if one is asked for.
///
/// # Errors
///
/// When an argument is wrong, there is no evaluation item, or the report or the copy cannot be written.
pub fn run(args: &DecontaminateArgs) -> Result<Outcome> {
    let rule = args.rule()?;
    let mut parameters = args.parameters()?;
    let against = AgainstArgs { paths: args.eval.clone() };
    let paths = args.lists.compared_paths(&args.paths, &against, &mut parameters)?;
    refuse_stdin(args)?;
    let resources = args.resources.resources()?;
    let output = render::prepare(&args.render, &paths)?;
    let corpus: Vec<PathBuf> = paths.iter().filter(|path| !parameters.input.against.has(path)).cloned().collect();
    let roots = roots(&corpus, &parameters);
    let request = args.request(&roots);
    let target = request.prepare(&paths, corpus.first().filter(|_| corpus.len() == 1))?;
    let meter = Meter::of(&args.messages, Course::of_decontamination(args.out.is_some()));
    let folder = resources.tmp.clone().unwrap_or_else(std::env::temp_dir);
    let mut planner = args.out.as_ref().map(|_| Planner::new(args.options()));
    let facts = render(&args.render, &output, &folder, None, |report| {
        let mut gatherer = FactsGatherer::new(Tee { report, planner: planner.as_mut() });
        let done = decontaminate(&paths, &parameters, &rule, &resources, &meter, &mut gatherer);
        done?;
        Ok(gatherer.finish().0)
    });
    let copied = facts.and_then(|facts| {
        let Some(planner) = planner else { return Ok((facts, None)) };
        hints::refuse_empty(&facts, args.messages.quiet, &meter)?;
        meter.phase("planning", None);
        let mut plan = planner.finish()?;
        let summary = request.carry_out(&mut plan, target, &paths, &meter)?;
        Ok((facts, Some(summary)))
    });
    meter.finish();
    let (facts, copied) = copied?;
    if !args.messages.quiet {
        tell(&facts, args, &output);
        if let Some(copied) = &copied {
            tell_copied(copied, args);
            request.tell_written(copied);
        }
    }
    let is_found = facts.summary.contamination.as_ref().is_some_and(|found| found.items().1 > 0);
    Ok(Outcome::judged(args.fail_on_found && is_found, &facts.skipped))
}

/// Hands findings to the report, and to the planner if there is one.
struct Tee<'a> {
    report: &'a mut (dyn Sink + Send),
    planner: Option<&'a mut Planner>,
}

impl Sink for Tee<'_> {
    fn receive(&mut self, finding: Finding) -> doublon::Result<()> {
        if let Some(planner) = &mut self.planner {
            planner.receive(planned(&finding))?;
        }
        self.report.receive(finding)
    }
}

/// Returns what a planner needs of a finding: of places no text.
fn planned(finding: &Finding) -> Finding {
    let Finding::Contamination(found) = finding else { return finding.clone() };
    let places = found.places.iter().map(PlacedSpan::without_quotes).collect();
    Finding::Contamination(Contamination {
        id: found.id.clone(),
        places,
        item: found.item.clone(),
        document: found.document.clone(),
        ..*found
    })
}

/// Where names in the output start from.
fn roots(corpus: &[PathBuf], parameters: &Parameters) -> Vec<PathBuf> {
    let named: Vec<PathBuf> = corpus.iter().filter(|path| !parameters.input.listed.has(path)).cloned().collect();
    if named.is_empty() { vec![PathBuf::from(".")] } else { named }
}

fn refuse_stdin(args: &DecontaminateArgs) -> Result<()> {
    if args.out.is_some() && args.paths.iter().any(|path| path == Path::new("-")) {
        bail!("standard input gives its bytes only once; write it to a file and name that");
    }
    Ok(())
}

/// The report for people on standard output has the counts already.
fn tell(facts: &RunFacts, args: &DecontaminateArgs, output: &Output) {
    let Summary { contamination, documents, .. } = &facts.summary;
    if args.render.format != RenderFormat::Text || *output != Output::Stdout {
        let found = contamination.as_ref().map(items_found).unwrap_or_default();
        say(&format!("evaluation items found: {found}"));
    }
    let mut fields = facts.header.parameters.input.text_field.clone();
    if let Some(of_items) = facts.header.contamination.as_ref().and_then(|rule| rule.text_field.clone()) {
        fields = of_items;
    }
    hints::tell_left_out(&facts.summary.left_out, "left out");
    hints::tell_fields(&facts.skipped, *documents, &fields);
}

fn tell_copied(copied: &CleanSummary, args: &DecontaminateArgs) {
    for warning in &copied.warnings {
        say(&format!("warning: {warning}"));
    }
    let [documents, kept, removed, skipped] =
        [copied.documents, copied.kept, copied.removed, copied.skipped].map(number);
    say(&format!("documents: {documents} = {kept} kept + {removed} removed + {skipped} skipped"));
    if args.remove == RemoveArg::Places {
        let left: u64 = copied.passages_left.values().sum();
        say(&format!("{} cut, {} left", counted(copied.passages, "place"), number(left)));
    }
}

impl DecontaminateArgs {
    fn parameters(&self) -> doublon::Result<Parameters> {
        let input = self.input.options()?;
        let builder = Config::builder().level(Level::Documents).known_text(self.text.known_text(&input)?);
        let config = self.text.configure(builder).min_words(LEAST_CUT).build()?;
        Ok(Parameters { config, input })
    }

    fn rule(&self) -> Result<ContaminationRule> {
        let named = ContaminationRule::named(&self.rule);
        let Some(mut rule) = named else { bail!("--rule {}: there is no such rule", self.rule) };
        rule.ngram = self.ngram.unwrap_or(rule.ngram);
        if rule.ngram == 0 {
            return Err(refused("ngram", &rule.ngram, "at least 1").into());
        }
        rule.least_words = rule.least_words.min(rule.ngram);
        if let Some(least) = self.min_share {
            if !(least > 0.0 && least <= 1.0) {
                return Err(refused("min-share", &least, "above 0 and at most 1").into());
            }
            rule.least = least;
        }
        rule.most_documents = self.max_documents.or(rule.most_documents);
        if !self.eval_field.is_empty() {
            let fields = TextFields::try_from(self.eval_field.clone());
            rule.text_field = Some(fields.map_err(|_| refused("eval-field", &"empty", "the name of a field"))?);
        }
        Ok(rule)
    }

    fn request<'a>(&'a self, roots: &'a [PathBuf]) -> CopyRequest<'a> {
        CopyRequest {
            out: self.out.as_deref(),
            overwrite: self.overwrite,
            dry_run: false,
            quiet: self.messages.quiet,
            allow_wipeout: self.allow_wipeout,
            roots,
            cancel: self.resources.cancel.clone(),
            state: None,
        }
    }

    fn options(&self) -> CleanOptions {
        let passages = match self.remove {
            RemoveArg::Documents => PassageTreatment::Keep,
            RemoveArg::Places => PassageTreatment::Cut,
        };
        CleanOptions { passages, cut_at: CutEdge::Word, cut_other_data: true, ..CleanOptions::default() }
    }
}

/// Least words of a place that is cut.
const LEAST_CUT: usize = 5;
