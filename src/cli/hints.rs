//! Hints after a run: which fields records without a text have, and that the field of `--keep` is in no record.

use std::collections::BTreeMap;

use anyhow::{Result, bail};
use doublon::finding::{Reason, RecordMode, Skipped, SourceInfo, Summary, TextFields};
use doublon::report::text::{counted, number, skipped_in_words};
use doublon::report::visible::visible;
use doublon::scan::Progress;
use doublon::source::{COMMON_TEXT_FIELDS, Format, MAY_LACK_HEADER, Source, SourceOptions};

use super::facts::{RunFacts, SkipFacts};
use super::say::say;

/// A hint is given when at least one document in so many has no text.
const MANY: u64 = 10;

/// The most fields that are named.
const NAMED: usize = 8;

/// Tells which fields the records without the text field have, if there are many such records among all `documents`.
/// A single one, such as a table about something else, is listed as skipped, and that is enough.
pub fn tell_fields(skipped: &SkipFacts, documents: u64, text_field: &TextFields) {
    if let Some(hint) = fields(skipped, documents, text_field) {
        say(&hint);
    }
}

/// Says that no record has the field that `--keep` is to choose by.
pub fn tell_keep(facts: &RunFacts) {
    let (keep, summary) = (&facts.header.parameters.config.keep, &facts.summary);
    if let (Some(field), Some(0)) = (keep.field(), summary.with_value)
        && summary.kept + summary.removed > 0
    {
        say(&format!("no record has the field `{field}`, so the first of equals is kept, as with --keep first"));
    }
}

/// Says that no record has the field of ids that was named.
pub fn tell_ids(facts: &RunFacts) {
    let (field, summary) = (&facts.header.parameters.input.id_field, &facts.summary);
    if summary.with_id == Some(0) && summary.kept + summary.removed > 0 {
        say(&format!("no record has the field `{field}` of --id-field, so documents are named by their places"));
    }
}

/// Says that documents of other formats than plain text are not lines, where lines were asked for.
pub fn tell_records(facts: &RunFacts) {
    let header = &facts.header;
    let reading = SourceOptions::from(header.parameters.input.clone());
    let is_other = |source: &&SourceInfo| {
        let format = source.to_path().ok().and_then(|path| Source::given(&path).format_by_ending(&reading));
        format.is_some_and(|format| format != Format::Lines)
    };
    let others: Vec<&SourceInfo> = header.sources.iter().filter(is_other).collect();
    if let (RecordMode::Lines, Some(first)) = (header.parameters.input.record, others.first()) {
        let more =
            if others.len() > 1 { format!(" and {} more", number(others.len() as u64 - 1)) } else { String::new() };
        say(&format!("--record lines is for plain text; {}{more} has records of its own", visible(&first.path)));
    }
}

/// Says where a comment begins what is ignored and none ends it.
pub fn tell_unclosed(facts: &RunFacts) {
    for source in &facts.summary.unclosed {
        say(&format!(
            "{source}: no comment ends what `doublon-ignore-start` begins; all that follows it there is ignored"
        ));
    }
}

/// Tells what was left out of folders though no pattern asked for it, with the flags that read it.
pub fn tell_left_out(left_out: &BTreeMap<String, u64>, what: &str) {
    if let Some(told) = left_out_line(left_out, what) {
        say(&told);
    }
}

/// Tells what should have been readable and was not, but for records without a text field.
pub fn tell_skipped(skipped: &SkipFacts) {
    for one in &skipped.first {
        say(&format!("skipped: {}", skipped_in_words(one)));
    }
    let more = skipped.faults - skipped.first.len() as u64;
    if more > 0 {
        say(&format!("skipped: {} more; a scan of the same paths lists them (--limit 0)", number(more)));
    }
}

/// Says that nothing was compared with what `--against` names, if it was not.
pub fn tell_against(facts: &RunFacts) {
    if facts.summary.against.is_some_and(|against| against.documents == 0) {
        say(
            "nothing was compared with: what --against names is empty, could not be read, or is given as new by its own path",
        );
    }
}

/// Says that revisit records stay while documents went that they may refer to.
pub fn tell_revisits(facts: &RunFacts, removed: u64) {
    let revisits = facts.summary.skipped.get(Reason::Revisit.name()).copied().unwrap_or(0);
    if revisits > 0 && removed > 0 {
        say(&format!(
            "{} may refer to records that went: removed.jsonl names them, and what stays for each",
            counted(revisits, "revisit record")
        ));
    }
}

/// Says that no document was compared, and what may be the reason.
pub fn tell_empty(facts: &RunFacts) {
    if facts.is_empty() {
        say(why_empty(&facts.summary));
    }
}

/// Refuses to write a copy of nothing, or one without what others hold if none of those could be read, which is what a wrong
/// path or field looks like.
///
/// # Errors
///
/// If no document was compared, and not for being blank, or with none of those that `--against` names.
pub fn refuse_empty(facts: &RunFacts, is_quiet: bool, meter: &dyn Progress) -> Result<()> {
    let blank = facts.summary.skipped.get(Reason::Empty.name());
    let is_empty = facts.is_empty() && blank.is_none();
    if !is_empty && !facts.is_against_nothing() {
        return Ok(());
    }
    meter.finish();
    if !is_quiet {
        tell_left_out(&facts.summary.left_out, "left out");
        tell_skipped(&facts.skipped);
        tell_fields(&facts.skipped, facts.summary.documents, &facts.header.parameters.input.text_field);
    }
    if is_empty {
        bail!("nothing was written: {}", why_empty(&facts.summary))
    }
    bail!("nothing was written: none of what --against names could be read")
}

/// Says why no document was compared, as far as that is known.
fn why_empty(summary: &Summary) -> &'static str {
    let is_met = summary.documents > 0 || !summary.other_files.is_empty();
    match (is_met, summary.left_out.is_empty()) {
        (true, _) => "no document was compared: nothing that was met could be read as a text with words",
        (false, false) => "no document was compared: all that was met was left out",
        (false, true) => "no document was compared; is this the right path, or does --glob leave all out?",
    }
}

fn left_out_line(left_out: &BTreeMap<String, u64>, what: &str) -> Option<String> {
    let count = |name: &str| left_out.get(name).copied().filter(|&n| n > 0);
    let (git, ignored, hidden) = (count("git"), count("ignored"), count("hidden"));
    let git = git.map(|n| if n == 1 { ".git".to_owned() } else { format!("{} times .git", number(n)) });
    let parts = [
        git,
        ignored.map(|n| format!("{} ignored by Git", number(n))),
        hidden.map(|n| format!("{} hidden", number(n))),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let flags: Vec<&str> = [ignored.map(|_| "--no-ignore"), hidden.map(|_| "--hidden")].into_iter().flatten().collect();
    let flags = if flags.is_empty() { String::new() } else { format!(" ({})", flags.join(", ")) };
    (!parts.is_empty()).then(|| format!("{what}: {}{flags}", parts.join(", ")))
}

fn fields(skipped: &SkipFacts, documents: u64, text_field: &TextFields) -> Option<String> {
    let SkipFacts { without_text, has_tables, samples, .. } = skipped;
    let has_data = |one: &Skipped| one.detail.as_deref().is_some_and(|detail| detail.contains(MAY_LACK_HEADER));
    let header = if samples.iter().any(has_data) { "; if the first row holds no names, say --no-header" } else { "" };
    if *without_text == 0 || *without_text < documents / MANY {
        return None;
    }
    let mut seen: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
    for (n, name) in samples.iter().flat_map(names).enumerate() {
        seen.entry(name).or_insert((0, n)).0 += 1;
    }
    // Those that most have come first, and of these those that stood first.
    let mut names: Vec<(&str, (usize, usize))> = seen.into_iter().collect();
    names.sort_by_key(|&(_, (times, first))| (std::cmp::Reverse(times), first));
    let what = match (*without_text, *has_tables) {
        (1, false) => format!("a record has no field {text_field}"),
        (1, true) => format!("a table has no column {text_field}"),
        (n, false) => format!("{} have no field {text_field}", counted(n, "record")),
        (n, true) => format!("{} records and tables have no field or column {text_field}", number(n)),
    };
    let listed: Vec<String> = names.iter().take(NAMED).map(|(name, _)| format!("`{name}`")).collect();
    let ask = "name the one that holds the text";
    if listed.is_empty() {
        return Some(format!("{what}; {ask} with --text-field{header}"));
    }
    let common = || COMMON_TEXT_FIELDS.iter().find(|common| names.iter().any(|(name, _)| name == *common));
    let common = || common().map(|name| format!("--text-field {name}"));
    let guess = most_suggested(samples).map(str::to_owned).or_else(common);
    let with = guess.map_or(" with --text-field".to_owned(), |flags| format!(", as in {flags}"));
    let more = names.len().saturating_sub(NAMED);
    let more = if more > 0 { format!(" and {} more", number(more as u64)) } else { String::new() };
    Some(format!("{what}, but {}{more}; {ask}{with}{header}", listed.join(", ")))
}

/// Returns the flags that the reader suggests for most of the records without a text.
fn most_suggested(samples: &[Skipped]) -> Option<&str> {
    let mut times: BTreeMap<&str, usize> = BTreeMap::new();
    for flags in samples.iter().filter_map(suggested) {
        *times.entry(flags).or_default() += 1;
    }
    times.into_iter().max_by_key(|&(flags, times)| (times, std::cmp::Reverse(flags))).map(|(flags, _)| flags)
}

fn suggested(skipped: &Skipped) -> Option<&str> {
    let (before, _) = skipped.detail.as_deref()?.rsplit_once(" (it has ")?;
    before.rsplit_once(", as in ").map(|(_, flags)| flags)
}

/// Returns the fields of a record without a text, which the detail of the reader quotes.
fn names(skipped: &Skipped) -> impl Iterator<Item = &str> {
    let detail = skipped.detail.as_deref().unwrap_or_default();
    let offered = detail.rsplit_once("(it has ").map_or("", |(_, offered)| offered);
    offered.split('`').skip(1).step_by(2)
}

#[cfg(test)]
mod tests {
    use doublon::finding::Reason;

    use super::*;

    fn hint(skipped: &[Skipped], documents: u64) -> Option<String> {
        fields(&skipped.iter().collect(), documents, &"text".into())
    }

    fn skipped(reason: Reason, fields: &str) -> Skipped {
        let detail = Some(format!("record has no field `text`; name the field with --text-field{fields}"));
        Skipped { source: "a.jsonl".into(), record: Some(0), offset: None, reason, detail, against: false }
    }

    #[test]
    fn what_is_left_out_is_told_with_the_flags_that_read_it() {
        let line = |counts: &[(&str, u64)]| {
            let counts = counts.iter().map(|&(name, n)| (name.to_owned(), n)).collect();
            left_out_line(&counts, "left out")
        };
        let all = [("git", 1), ("ignored", 1200), ("hidden", 3)];
        let expected = "left out: .git, 1,200 ignored by Git, 3 hidden (--no-ignore, --hidden)";
        assert_eq!(line(&all).as_deref(), Some(expected));
        assert_eq!(line(&all[..1]).as_deref(), Some("left out: .git"));
        assert_eq!(line(&all[2..]).as_deref(), Some("left out: 3 hidden (--hidden)"));
        assert_eq!(line(&[]), None);
    }

    #[test]
    fn fields_that_there_are_are_named_once() {
        let records = [
            skipped(Reason::MissingText, " (it has `id`, `body`)"),
            skipped(Reason::MissingText, " (it has `body`, `url`)"),
            skipped(Reason::Empty, ""),
        ];
        let expected = "2 records have no field `text`, but `body`, `id`, `url`; name the one that holds the text, as in \
                        --text-field body";
        assert_eq!(hint(&records, 29).as_deref(), Some(expected));
        assert_eq!(hint(&records, 30), None);
        assert_eq!(hint(&records[2..], 1), None);
    }

    #[test]
    fn tables_and_records_without_any_field_are_told_too() {
        let expected = "a table has no column `text`, but `titre`; name the one that holds the text with \
                        --text-field";
        assert_eq!(hint(&[skipped(Reason::MissingColumn, " (it has `titre`)")], 1).as_deref(), Some(expected));
        let expected = "a record has no field `text`; name the one that holds the text with --text-field";
        assert_eq!(hint(&[skipped(Reason::MissingText, "")], 1).as_deref(), Some(expected));
    }
}
