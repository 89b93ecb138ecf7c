//! `doublon compare`.

#![allow(clippy::doc_markdown)] // the comments of arguments are their help, where backticks would show

use std::path::Path;

use anyhow::{Result, bail};
use clap::Args as Group;
use doublon::finding::Parameters;
use doublon::inspect::compare::compare;
use doublon::inspect::single::{Name, Single, read_one};
use doublon::report::comparison;
use doublon::source::SourceOptions;
use doublon_core::Level;

use crate::cli::args::{AnswerArgs, RunArgs};
use crate::cli::exit::Outcome;
use crate::cli::output::Output;
use crate::cli::render::styled;

/// The flags that mean nothing where two documents are named.
const WITHOUT_MEANING: [&str; 13] = [
    "pairs",
    "isolate",
    "scope",
    "inside_duplicates",
    "glob",
    "exclude",
    "follow",
    "hidden",
    "no_ignore",
    "bad_input",
    "threads",
    "memory",
    "tmp",
];

#[derive(Debug, Group)]
#[command(mut_args(|arg| if WITHOUT_MEANING.contains(&arg.get_id().as_str()) { arg.hide(true) } else { arg }))]
pub struct CompareArgs {
    /// The first document
    ///
    /// A file that is one document; or FILE#N, record N of a file, counted from 0 as in findings; or FILE:N, counted
    /// from 1 as in reports; or FILE#id:ID, the record with this id. - is standard input, for one of the two.
    #[arg(value_name = "A")]
    a: String,
    /// The second document
    #[arg(value_name = "B")]
    b: String,
    #[command(flatten)]
    run: RunArgs,
    #[command(flatten)]
    form: AnswerArgs,
}

/// Compares two documents.
///
/// # Errors
///
/// When an argument is wrong, a document cannot be read, or the output cannot be written.
pub fn run(args: &CompareArgs) -> Result<Outcome> {
    let parameters = args.run.parameters(Level::All)?;
    let options = SourceOptions::new(&parameters.input, &parameters.config.keep);
    let names = [&args.a, &args.b].map(|name| named(name));
    if names.iter().all(|name| name.path == Path::new("-")) {
        bail!("standard input gives its bytes only once; name a file for one of the two");
    }
    let output = Output::prepare(args.form.output.as_deref(), &names.each_ref().map(|name| name.path.clone()))?;
    let [a, b] = names.each_ref().map(|name| read_one(name, &options));
    let ((a, _), (b, _)) = (a?, b?);
    write(&a, &b, &parameters, &args.form, &output)?;
    Ok(Outcome::Done)
}

/// Reads the name of a document. A file that is there is meant, whatever stands in its name.
fn named(name: &str) -> Name {
    Name::parse(name, |path| Path::new(path).exists())
}

fn write(a: &Single, b: &Single, parameters: &Parameters, form: &AnswerArgs, output: &Output) -> Result<()> {
    let found = compare(a, b, parameters)?;
    if form.is_json() {
        return output.write(false, |out| comparison::write_json(&found, out));
    }
    let style = styled(form.color, form.limit(), output);
    output.write(style.color, |out| comparison::write_text(&found, &style, out))
}
