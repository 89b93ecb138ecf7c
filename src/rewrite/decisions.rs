//! Decisions of a person who looked at findings, as a file: `doublon.decisions/1`.
//!
//! The first line is a header; each other one names a document, or a place in one, and what becomes of it or of its
//! group. Names are those of a scan: nothing is read because a decision names it, and a decision on what a scan does not
//! find has no effect and is told.

use std::io::BufRead;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use doublon_core::Span;
use serde::Deserialize;

use crate::error::{Error, Result};

/// The name and version of the format.
pub const DECISIONS_SCHEMA: &str = "doublon.decisions/1";

/// Decisions as they were read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Decisions {
    /// Where they were read, for messages.
    pub path: PathBuf,
    /// What becomes of groups that no decision names.
    pub undecided: Undecided,
    /// In the order of the file.
    pub given: Vec<GivenDecision>,
}

/// What becomes of what no decision names.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Undecided {
    /// It goes, as without decisions.
    #[default]
    Remove,
    /// It stays.
    Keep,
}

/// One decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GivenDecision {
    /// The one-based line of the file.
    pub line: u64,
    /// What was decided.
    pub decision: Decision,
    /// The path of the source, as findings name it.
    pub source: Arc<str>,
    /// The record in it.
    pub record: u64,
    /// The place in the text, in bytes; none for the document itself.
    pub span: Option<Span>,
}

/// What was decided on a document or a place of a passage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// It stays.
    Keep,
    /// It goes, if it is a verified copy of what stays.
    Remove,
    /// Nothing of its group goes.
    Ignore,
    /// All of its group but the kept one go, as found.
    Accept,
    /// It stays, and the others of its group go if each is a verified copy of it.
    Original,
}

#[derive(Deserialize)]
struct HeaderLine {
    schema: String,
    #[serde(default)]
    undecided: Undecided,
}

#[derive(Deserialize)]
#[serde(tag = "what", rename_all = "snake_case")]
enum DecisionLine {
    Document { decision: Decision, source: Arc<str>, record: u64 },
    Passage { decision: Decision, source: Arc<str>, record: u64, start: usize, end: usize },
}

impl Decisions {
    /// Reads decisions; `path` is named in errors.
    ///
    /// # Errors
    ///
    /// If a line cannot be read, or is no decision of this version.
    pub fn read(input: impl BufRead, path: &Path) -> Result<Self> {
        let mut decisions = Self { path: path.to_owned(), ..Self::default() };
        for (number, line) in (1..).zip(input.lines()) {
            let line = line.map_err(|cause| Error::Io { path: path.to_owned(), cause })?;
            let fault = |detail: String| Error::Findings { path: path.to_owned(), line: number, detail };
            match number {
                1 => decisions.undecided = header(&line).map_err(fault)?,
                _ if line.trim().is_empty() => {}
                _ => decisions.given.push(decision(&line, number).map_err(fault)?),
            }
        }
        if decisions.given.is_empty() && decisions.undecided == Undecided::Remove {
            return Err(Error::Refused { path: path.to_owned(), detail: "it holds no decision".to_owned() });
        }
        Ok(decisions)
    }
}

fn header(line: &str) -> std::result::Result<Undecided, String> {
    match serde_json::from_str::<HeaderLine>(line) {
        Ok(header) if header.schema == DECISIONS_SCHEMA => Ok(header.undecided),
        Ok(header) => Err(format!("it is `{}`, and this version reads `{DECISIONS_SCHEMA}`", header.schema)),
        Err(error) => Err(format!("it does not begin as decisions do (`{DECISIONS_SCHEMA}`): {}", what_of(&error))),
    }
}

fn decision(line: &str, number: u64) -> std::result::Result<GivenDecision, String> {
    let line: DecisionLine = serde_json::from_str(line).map_err(|error| format!("no decision: {}", what_of(&error)))?;
    Ok(match line {
        DecisionLine::Document { decision, source, record } => {
            GivenDecision { line: number, decision, source, record, span: None }
        }
        DecisionLine::Passage { start, end, .. } if end <= start => return Err("a place without text".to_owned()),
        DecisionLine::Passage { decision, source, record, start, end } => {
            GivenDecision { line: number, decision, source, record, span: Some(Span::new(start, end)) }
        }
    })
}

/// Returns what is wrong without the line, of which there is one.
fn what_of(error: &serde_json::Error) -> String {
    error.to_string().split(" at line ").next().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Decisions> {
        Decisions::read(text.as_bytes(), Path::new("d.jsonl"))
    }

    #[test]
    fn decisions_are_read_with_their_lines() {
        let text = concat!(
            "{\"schema\":\"doublon.decisions/1\",\"undecided\":\"keep\",\"made\":\"later\"}\n",
            "{\"what\":\"document\",\"decision\":\"original\",\"source\":\"a b\",\"record\":3}\n\n",
            "{\"what\":\"passage\",\"decision\":\"ignore\",\"source\":\"c\",\"record\":0,\"start\":5,\"end\":9}\n",
        );
        let read = read(text).expect("decisions");
        assert_eq!(read.undecided, Undecided::Keep);
        let of = |line, decision, source: &str, record, span| GivenDecision {
            line,
            decision,
            source: source.into(),
            record,
            span,
        };
        let expected =
            [of(2, Decision::Original, "a b", 3, None), of(4, Decision::Ignore, "c", 0, Some(Span::new(5, 9)))];
        assert_eq!(read.given, expected);
    }

    #[test]
    fn what_is_no_decision_is_told_with_its_line() {
        let head = "{\"schema\":\"doublon.decisions/1\"}\n";
        let fault = |text: &str| read(text).expect_err("no decisions").to_string();
        assert!(fault("{\"schema\":\"doublon.decisions/2\"}\n").contains("d.jsonl:1: it is `doublon.decisions/2`"));
        assert!(fault("{\"type\":\"header\"}\n").contains("d.jsonl:1: it does not begin as decisions do"));
        assert!(fault("").contains("no decision"));
        assert!(fault(head).contains("no decision"));
        for line in [
            "x",
            "{\"what\":\"document\",\"decision\":\"burn\",\"source\":\"a\",\"record\":0}",
            "{\"what\":\"document\",\"decision\":\"keep\",\"source\":\"a\",\"record\":-1}",
            "{\"what\":\"passage\",\"decision\":\"keep\",\"source\":\"a\",\"record\":0,\"start\":4,\"end\":4}",
        ] {
            assert!(fault(&format!("{head}{line}\n")).contains("d.jsonl:2:"), "{line}");
        }
    }
}
