//! An explanation of a finding or a document, for people and for programs: the numbers it rests on, the chance that the
//! settings find it, and what differs.

use doublon_core::Settings;
use std::io::{self, Write};

use serde::Serialize;

use super::changes::marked;
use super::comparison::{extent, four, measures, more, passages, places, promise, reason};
use super::text::page::{Names, Page, Paint};
use super::text::phrase::class_in_words;
use super::text::{Style, counted, number, percent, reason_in_words};
use crate::finding::comparison::Rule;
use crate::finding::explanation::{
    ExplainedCluster, ExplainedDocument, ExplainedFamily, ExplainedMatch, ExplainedPlace, Explanation, Fate, Removed,
    Subject,
};
use crate::finding::{
    LEAST_DIGITS, LEAST_IDENTITY_OF_COPY, MOST_JACCARD_OF_FORM, Parameters, PassageClass, PassageFamily, PassageMatch,
};

/// Writes an explanation for people. `findings` is what the file of findings is called.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_text(told: &Explanation, findings: &str, style: &Style, mut out: &mut dyn Write) -> io::Result<()> {
    let names = Names::of(told.documents(), &[]);
    let writer = Writer { parameters: &told.parameters, findings, names, style };
    match &told.subject {
        Subject::Cluster(cluster) => writer.cluster(cluster, out)?,
        Subject::Match(passage) => writer.passage(passage, out)?,
        Subject::Family(family) => writer.family(family, out)?,
        Subject::Document(document) => writer.document(document, out)?,
    }
    for lost in &told.lost {
        let text = format!("{}: {}. What is said of it is from the findings alone.", lost.source, lost.detail);
        Page::new(&mut out, style).plain(&super::visible::visible(&text))?;
    }
    Ok(())
}

/// Writes an explanation for programs, as one JSON object.
///
/// # Errors
///
/// When `out` cannot be written to.
pub fn write_json(told: &Explanation, mut out: &mut dyn Write) -> io::Result<()> {
    #[derive(Serialize)]
    struct Json<'a> {
        r#type: &'static str,
        schema: &'static str,
        #[serde(flatten)]
        told: &'a Explanation,
    }
    serde_json::to_writer(&mut out, &Json { r#type: "explanation", schema: "doublon.explanation/1", told })?;
    out.write_all(b"\n")
}

struct Writer<'a> {
    parameters: &'a Parameters,
    findings: &'a str,
    names: Names<'a>,
    style: &'a Style,
}

/// The most members of which the changed words are shown; if there are more, only their measures are.
const ALIGNED: usize = 3;

impl Writer<'_> {
    fn cluster(&self, cluster: &ExplainedCluster, mut out: &mut dyn Write) -> io::Result<()> {
        let ExplainedCluster { id, keep, members, count } = cluster;
        let mut page = Page::new(&mut out, self.style);
        page.title(id, &format!("{} of one document", counted(*count as u64, "duplicate")))?;
        page.place("kept (a)", &self.names.document(keep), "")?;
        page.blank()?;
        let is_aligned = members.len() <= ALIGNED;
        for removed in members {
            self.removed(removed, id, is_aligned, out)?;
        }
        if members.len() > 1 {
            more(*count, members.len(), "duplicate", out)?;
        }
        if !is_aligned {
            let text = format!("`doublon explain {} {id}:1` shows which words differ.", self.findings);
            Page::new(&mut out, self.style).plain(&super::visible::visible(&text))?;
        }
        Ok(())
    }

    fn removed(&self, removed: &Removed, cluster: &str, is_aligned: bool, mut out: &mut dyn Write) -> io::Result<()> {
        let Removed { number, member, rule, comparison } = removed;
        let mut page = Page::new(&mut out, self.style);
        let why = format!(
            "removed, since {} (--keep {})",
            reason(*rule, &self.parameters.config),
            self.parameters.config.keep
        );
        page.title(&format!("{cluster}:{number}"), &why)?;
        page.place("gone (b)", &self.names.document(&member.doc), "")?;
        if let Some(found) = comparison {
            measures(found, &mut page)?;
        } else {
            let (similarity, share) = (four(member.jaccard), percent(member.containment));
            page.labelled("similarity", &format!("{similarity}; {share} of b is in a"), Paint::Plain)?;
        }
        if comparison.as_ref().is_some_and(|found| found.search.bands_met.is_empty()) {
            let text = "as one of many documents with a common template, or of much that another contains: such are \
                        looked up by their rarest shingles";
            page.labelled("found", text, Paint::Plain)?;
        }
        page.blank()?;
        match comparison {
            Some(found) if is_aligned && *rule != Rule::ExactCopy => passages(found, &self.names, self.style, out),
            _ => Ok(()),
        }
    }

    fn passage(&self, passage: &ExplainedMatch, mut out: &mut dyn Write) -> io::Result<()> {
        let ExplainedMatch { found, places: count, alignment } = passage;
        let Settings { min_words, min_identity, windows, .. } = &*self.parameters.config;
        let mut page = Page::new(&mut out, self.style);
        places(found, &self.names, &mut page)?;
        if let Some(alignment) = alignment {
            page.labelled("found", &promise(windows, alignment.longest_run, found.jaccard), Paint::Plain)?;
        }
        let rule = format!(
            "its {} words reach --min-words {min_words}, and {} equal in their order reaches --min-identity {min_identity}",
            number(found.words as u64),
            percent(found.identity)
        );
        page.labelled("listed", &rule, Paint::Plain)?;
        page.labelled("family", &format!("{}, of {}", found.family, counted(*count as u64, "place")), Paint::Plain)?;
        if let Some(class) = found.class {
            page.labelled("class", &class_of_match(class, found), Paint::Plain)?;
        }
        page.blank()?;
        if let Some(alignment) = alignment {
            marked(&alignment.pieces, self.style, out)?;
            return writeln!(out);
        }
        for span in [&found.a, &found.b] {
            Page::new(&mut out, self.style).excerpt(&span.excerpt, 6)?;
            writeln!(out)?;
        }
        Ok(())
    }

    fn family(&self, found: &ExplainedFamily, mut out: &mut dyn Write) -> io::Result<()> {
        let ExplainedFamily { family, matches, places } = found;
        let mut page = Page::new(&mut out, self.style);
        page.title(&family.id, &format!("one passage at {}", counted(family.count as u64, "place")))?;
        page.place("kept (a)", &self.names.place(&family.keep), &extent(&family.keep))?;
        page.labelled("matches", &listed(matches, family.more_matches), Paint::Plain)?;
        if let Some(class) = family.class {
            page.labelled("class", &class_of_family(class, family), Paint::Plain)?;
        }
        page.blank()?;
        page.excerpt(&family.keep.excerpt, 6)?;
        page.blank()?;
        for place in places {
            self.place(place, out)?;
        }
        more(family.occurrences.len(), places.len(), "place", out)
    }

    fn place(&self, place: &ExplainedPlace, mut out: &mut dyn Write) -> io::Result<()> {
        let mut page = Page::new(&mut out, self.style);
        page.place("also (b)", &self.names.place(&place.span), &extent(&place.span))?;
        let Some(alignment) = &place.alignment else { return page.blank() };
        if alignment.pieces.iter().all(|piece| piece.a == piece.b) {
            page.continued("the same text", Paint::Plain)?;
            return page.blank();
        }
        page.continued(&format!("{} of the words equal in their order", percent(alignment.identity)), Paint::Plain)?;
        marked(&alignment.pieces, self.style, out)?;
        writeln!(out)
    }

    fn document(&self, document: &ExplainedDocument, mut out: &mut dyn Write) -> io::Result<()> {
        let ExplainedDocument { doc, fate, matches, with } = document;
        let mut page = Page::new(&mut out, self.style);
        page.place("document", &self.names.document(doc), "")?;
        page.labelled("result", &self.fate(fate), Paint::Strong)?;
        if !matches.is_empty() {
            page.labelled("passages", &format!("it has a place in {}", listed(matches, 0)), Paint::Plain)?;
        }
        page.blank()?;
        if let Fate::Removed { cluster, keep, removed } = fate {
            page.place("kept (a)", &self.names.document(keep), "")?;
            page.blank()?;
            self.removed(removed, cluster, true, out)?;
        }
        match with {
            Some(found) => super::comparison::write_text(found, self.style, out),
            None if matches!(fate, Fate::Kept) => {
                Page::new(&mut out, self.style).plain(&super::visible::visible(&format!(
                    "`doublon explain {} {}#{} --with OTHER` measures it against another document.",
                    self.findings, doc.source, doc.record
                )))
            }
            None => Ok(()),
        }
    }

    fn fate(&self, fate: &Fate) -> String {
        let Settings { threshold, containment, .. } = &*self.parameters.config;
        match fate {
            Fate::Removed { cluster, removed, .. } => {
                format!(
                    "removed as {cluster}:{}, since {}",
                    removed.number,
                    reason(removed.rule, &self.parameters.config)
                )
            }
            Fate::Keeper { cluster, count } => {
                format!("kept: {} removed for it as {cluster}", counted_are(*count))
            }
            Fate::Paired { count } => {
                format!("kept, as one side of {} listed", counted(*count as u64, "pair"))
            }
            Fate::Kept if !self.parameters.config.level.documents() => "kept: documents were not compared".to_owned(),
            Fate::Kept => {
                let contained =
                    containment.map(|share| format!(", nor one that has {share} of it")).unwrap_or_default();
                format!("kept: no document before it was found with a similarity of {threshold} or more{contained}")
            }
            Fate::Skipped(skipped) => {
                let detail = skipped.detail.as_deref().map(|detail| format!(" ({detail})")).unwrap_or_default();
                format!("not compared: {}{detail}", reason_in_words(skipped.reason.name()))
            }
        }
    }
}

fn counted_are(count: usize) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count as u64, "document"))
}

/// Says which class a match is of, and by which measures.
fn class_of_match(class: PassageClass, found: &PassageMatch) -> String {
    let PassageMatch { identity, jaccard, changed_words, changed_with_digit, .. } = found;
    let equal = percent(*identity);
    let why = match class {
        PassageClass::Copy => {
            format!("{equal} of the aligned words are equal, at least {}", percent(LEAST_IDENTITY_OF_COPY))
        }
        PassageClass::Rewrite => {
            format!("{equal} of the aligned words are equal, less than {}", percent(LEAST_IDENTITY_OF_COPY))
        }
        PassageClass::SameForm => format!(
            "{} of the {} that differ have a digit, at least {}, and the similarity {} is below {MOST_JACCARD_OF_FORM}",
            number(*changed_with_digit as u64),
            counted(*changed_words as u64, "word"),
            percent(LEAST_DIGITS),
            four(*jaccard)
        ),
        PassageClass::Furniture => format!("its family {} stands in many documents at like places", found.family),
    };
    format!("{}: {why}", class_in_words(class))
}

/// Says which class a family is of, and by which measures.
fn class_of_family(class: PassageClass, family: &PassageFamily) -> String {
    let PassageFamily { documents, alike_places, documents_repeated, .. } = family;
    let why = if class == PassageClass::Furniture {
        format!(
            "it stands in {}, in {} of them at a like distance from the start or the end, and {} of such a document \
             repeats",
            counted(*documents as u64, "document"),
            percent(*alike_places),
            percent(*documents_repeated)
        )
    } else {
        "so are most of its matches".to_owned()
    };
    format!("{}: {why}", class_in_words(class))
}

/// Returns the first ids in a list, and how many more there are.
fn listed(ids: &[String], more: usize) -> String {
    const LISTED: usize = 20;
    let rest = ids.len().saturating_sub(LISTED) + more;
    let first = ids[..ids.len().min(LISTED)].join(", ");
    if rest == 0 { first } else { format!("{first} and {}", counted(rest as u64, "more")).replace("mores", "more") }
}
