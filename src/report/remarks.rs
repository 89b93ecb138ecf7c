//! Findings as lines for editors, as annotations of GitHub, and as a code quality report of GitLab: remarks at places.
//! Held against a baseline, only what that lacks is told. Whether there is one, the last finding says, so all wait for it,
//! in memory while they are few, in a temporary file beyond that.
//!
//! Sources: GitHub, "Workflow commands for GitHub Actions"; GitLab, "Code Quality report format".

use std::collections::HashMap;
use std::io::{self, Write};
use std::path::PathBuf;

use doublon_core::hash::content_hash;
use serde_json::json;

use super::annotation::{Annotation, annotations};
use super::sink::{Report, output, write_all};
use super::visible::visible;
use crate::error::Result;
use crate::finding::{Finding, Findings, Replay, Sink};

/// The form of the remarks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RemarkForm {
    /// `path:line:column: message`, which editors jump by.
    Lines,
    /// Workflow commands, `::warning file=...::message`.
    Github,
    /// A JSON list of issues.
    Gitlab,
}

/// Writes remarks.
#[derive(Debug)]
pub struct RemarkReport<W> {
    out: W,
    form: RemarkForm,
    limit: usize,
    written: usize,
    findings: Replay,
    has_baseline: bool,
    /// How often each fingerprint of GitLab was used: they have to differ.
    used: HashMap<u128, u64>,
}

impl<W: Write> RemarkReport<W> {
    /// Writes to `out`, at most `limit` remarks; temporary files go to `folder`.
    pub fn in_folder(out: W, form: RemarkForm, limit: usize, folder: PathBuf) -> Self {
        let findings = Replay::new(folder);
        Self { out, form, limit, written: 0, findings, has_baseline: false, used: HashMap::new() }
    }

    fn remarks(&mut self) -> Result<()> {
        let mut findings = std::mem::replace(&mut self.findings, Replay::new(PathBuf::new()));
        findings.each(|finding| {
            let mut told = annotations(finding);
            told.retain(|remark| remark.is_new || !self.has_baseline);
            told.iter().try_for_each(|remark| output(self.remark(remark)))
        })
    }

    fn remark(&mut self, remark: &Annotation) -> io::Result<()> {
        if self.written == self.limit {
            return Ok(());
        }
        self.written += 1;
        let Annotation { rule, path, lines: (line, end_line), column, message, .. } = remark;
        match self.form {
            RemarkForm::Lines => writeln!(self.out, "{}:{line}:{column}: {message}", visible(path)),
            RemarkForm::Github => {
                let (path, title) = (property(&visible(path)), title(rule));
                writeln!(
                    self.out,
                    "::warning file={path},line={line},endLine={end_line},title={title}::{}",
                    data(message)
                )
            }
            RemarkForm::Gitlab => {
                let start = if self.written == 1 { "[\n" } else { ",\n" };
                let issue = json!({
                    "description": format!("{}: {message}", title(rule)),
                    "check_name": rule,
                    "fingerprint": self.fingerprint(remark),
                    "severity": "minor",
                    "location": { "path": &**path, "lines": { "begin": line, "end": end_line } },
                });
                write!(self.out, "{start}{issue}")
            }
        }
    }

    /// Returns what tells a remark from all others, and stays the same when lines move.
    fn fingerprint(&mut self, remark: &Annotation) -> String {
        let text = remark.fingerprint.map_or(0, |fingerprint| fingerprint.0);
        let hash = content_hash(format!("{}\0{}\0{text}", remark.rule, remark.path).as_bytes());
        let times = self.used.entry(hash).or_default();
        *times += 1;
        if *times == 1 { format!("{hash:032x}") } else { format!("{hash:032x}-{times}") }
    }
}

impl<W: Write> Sink for RemarkReport<W> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::DocumentCluster(_) | Finding::PassageFamily(_) => self.findings.keep(finding),
            Finding::Summary(summary) => {
                self.has_baseline = summary.new.is_some();
                Ok(())
            }
            _ => Ok(()),
        }
    }
}

impl<W: Write> Report for RemarkReport<W> {
    fn finish(mut self: Box<Self>) -> Result<()> {
        self.remarks()?;
        let end = match (self.form, self.written) {
            (RemarkForm::Gitlab, 0) => "[]\n",
            (RemarkForm::Gitlab, _) => "\n]\n",
            _ => "",
        };
        output(self.out.write_all(end.as_bytes()).and_then(|()| self.out.flush()))
    }
}

/// Writes remarks on findings that are held, at most `limit`.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write(findings: &Findings, form: RemarkForm, limit: usize, out: &mut dyn Write) -> io::Result<()> {
    write_all(findings, Box::new(RemarkReport::in_folder(out, form, limit, std::env::temp_dir())))
}

fn title(rule: &str) -> &'static str {
    if rule == "duplicate-document" { "Duplicate document" } else { "Repeated passage" }
}

/// Escapes the message of a workflow command.
fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// Escapes a property of a workflow command.
fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    fn written(findings: &Findings, form: RemarkForm, limit: usize) -> String {
        let mut out = Vec::new();
        write(findings, form, limit, &mut out).expect("a vector takes everything");
        String::from_utf8(out).expect("is UTF-8")
    }

    #[test]
    fn editors_get_a_place_and_a_message_a_line() {
        let told = written(&samples::everything(), RemarkForm::Lines, usize::MAX);
        let lines: Vec<&str> = told.lines().collect();
        assert_eq!(lines[0], "docs.jsonl:18:1: an exact copy of docs.jsonl");
        assert!(lines[2].starts_with("data/seed/article.txt:30:1: repeats data/seed/article.txt:10: \""), "{told}");
        assert_eq!((lines.len(), written(&samples::everything(), RemarkForm::Lines, 1).lines().count()), (3, 1));
    }

    #[test]
    fn held_against_a_baseline_only_what_is_new_is_told() {
        let mut findings = samples::everything();
        findings.summary.new = Some(crate::finding::NewRepeats { documents: 0, passages: 1, bytes: 390 });
        findings.families[0].occurrences[0].new = true;
        let told = written(&findings, RemarkForm::Lines, usize::MAX);
        assert!(told.starts_with("data/seed/article.txt:30:1: ") && told.lines().count() == 1, "{told}");
    }

    #[test]
    fn nothing_from_input_ends_a_workflow_command() {
        let mut findings = samples::documents();
        findings.clusters[0].members[0].doc.source = "a,b:c%\n::error::x".into();
        let told = written(&findings, RemarkForm::Github, 1);
        let expected = "::warning file=a%2Cb%3Ac%25<U+000A>%3A%3Aerror%3A%3Ax,line=18,endLine=18,title=Duplicate document\
            ::an exact copy of docs.jsonl\n";
        assert_eq!(told, expected);
    }

    #[test]
    fn issues_are_a_list_with_fingerprints_that_differ() {
        let mut findings = samples::everything();
        let place = findings.families[0].occurrences[0].clone();
        findings.families[0].occurrences.push(place);
        let told: serde_json::Value =
            serde_json::from_str(&written(&findings, RemarkForm::Gitlab, usize::MAX)).expect("is JSON");
        let issues = told.as_array().expect("is a list");
        let prints: std::collections::BTreeSet<_> =
            issues.iter().map(|issue| issue["fingerprint"].to_string()).collect();
        assert_eq!((issues.len(), prints.len()), (4, 4));
        assert_eq!(issues[3]["location"]["lines"]["begin"], 30);
        assert_eq!(written(&samples::nothing(), RemarkForm::Gitlab, 9), "[]\n");
    }
}
