//! The groups of the report: clusters of duplicate documents, pairs, and repeated passages.

use std::collections::BTreeSet;
use std::io::{self, Write};

use doublon_core::Keep;
use doublon_core::text::Tokenizer;

use super::aligned::aligned;
use super::page::{Names, Page, Paint};
use super::phrase::{
    bytes, capitalised, changed_words, counted, counted_more, covered, differences, last_or_covered, number, percent,
    regrouped,
};
use super::wrap::{one_line, shorten};
use crate::finding::digest::{Digest, Shortlisted};
use crate::finding::{
    Difference, DocumentCluster, Equality, MatchScope, Member, PassageClass, PassageFamily, PassageMatch, PlacedSpan,
    cost_of_cluster, cost_of_family,
};

/// The most places shown of a group, unless all groups are.
const PLACES: usize = 10;
/// The most differences told of a match.
const DIFFERENCES: usize = 5;
/// The most changes shown of a near copy, and the columns of each of their sides.
const CHANGES: usize = 4;
const CHANGE: usize = 40;
/// Lines of the excerpt of a match, and of a family.
const MATCH_LINES: usize = 8;
const FAMILY_LINES: usize = 2;

/// Writes groups on a page.
pub struct Groups<'a, 'p, W> {
    pub digest: &'a Digest,
    pub names: &'a Names<'a>,
    pub tokenizer: &'a Tokenizer,
    /// Whether all groups are shown, and then all their places.
    pub is_unlimited: bool,
    pub page: &'a mut Page<'p, W>,
}

impl<W: Write> Groups<'_, '_, W> {
    /// Writes the clusters of duplicate documents.
    pub fn documents(&mut self) -> io::Result<()> {
        let clusters = &self.digest.clusters;
        if clusters.all == 0 {
            return Ok(());
        }
        self.page.heading("Duplicate documents")?;
        clusters.groups().try_for_each(|cluster| self.cluster(cluster))?;
        self.more(clusters, "group")
    }

    /// Writes the pairs of duplicates of which none is removed. Otherwise clusters have told of them.
    pub fn pairs(&mut self) -> io::Result<()> {
        let Digest { header, pairs, .. } = self.digest;
        if header.parameters.config.keep != Keep::None || pairs.all == 0 {
            return Ok(());
        }
        self.page.heading("Pairs of duplicates, all kept")?;
        for pair in pairs.groups() {
            let (a, b) = (self.names.document(&pair.a), self.names.document(&pair.b));
            self.page.entry(&format!("{a} and {b}: similarity {}", percent(pair.jaccard)))?;
        }
        let beyond = pairs.all.saturating_sub(pairs.shown.len());
        if beyond > 0 {
            self.page.entry(&format!("and {} (--limit 0 shows all)", counted_more(beyond, "pair")))?;
        }
        self.page.blank()
    }

    fn cluster(&mut self, cluster: &DocumentCluster) -> io::Result<()> {
        let what = if cluster.is_template() {
            format!(
                "{} share a template and differ in few places",
                counted(cluster.members.len() as u64 + 1, "document")
            )
        } else {
            format!("{} of one document", counted(cluster.members.len() as u64, "duplicate"))
        };
        let cost = cost(cost_of_cluster(cluster));
        self.page.title(&cluster.id, &format!("{what}{cost}{}", told_new(cluster.new)))?;
        let title = cluster.keep.metadata.as_deref().and_then(|metadata| metadata.title.as_deref());
        if let Some(title) = title.or(Some(&*cluster.opening)).filter(|title| !title.is_empty()) {
            self.page.opening(title)?;
        }
        let new_members = cluster.members.iter().filter(|member| member.new).count();
        self.page.place("kept", &self.names.document(&cluster.keep), mark(cluster.new > new_members))?;
        let (new, known): (Vec<_>, Vec<_>) = cluster.members.iter().partition(|member| member.new);
        for member in new.into_iter().chain(known).take(self.places()) {
            self.member(member)?;
        }
        self.page.more_places(cluster.members.len(), self.places())?;
        self.page.blank()
    }

    fn member(&mut self, member: &Member) -> io::Result<()> {
        let name = self.names.document(&member.doc);
        let new = mark(member.new);
        if member.exact {
            return self.page.place("exact copy", &name, new);
        }
        let equal = match member.equality {
            Equality::Characters => Some(("same text", "(equal but for white space)")),
            Equality::Words => Some(("same words", "(equal but for case, punctuation or signs)")),
            _ if member.jaccard >= 1.0 => Some(("same words", "(equal but for case, spaces, punctuation or order)")),
            _ => None,
        };
        if let Some((role, differs)) = equal {
            return self.page.place(role, &name, &format!("{differs}{new}"));
        }
        let (similarity, containment) = (percent(member.jaccard), percent(member.containment));
        let measured = format!("(similarity {similarity}, {containment} of it in the kept one){new}");
        self.page.place("near copy", &name, &measured)?;
        match changes(member) {
            told if told.is_empty() => Ok(()),
            told => self.page.continued(&told, Paint::Change),
        }
    }

    /// Writes the repeated passages, class by class: one of two places as their match, one of more as a family, and
    /// furniture in short.
    pub fn passages(&mut self) -> io::Result<()> {
        PassageClass::ALL.into_iter().try_for_each(|class| self.passages_of(class))
    }

    fn passages_of(&mut self, class: PassageClass) -> io::Result<()> {
        let families = self.digest.families.of(class.rank());
        if families.all == 0 {
            return Ok(());
        }
        self.page.heading(match class {
            PassageClass::Copy => "Repeated passages",
            PassageClass::Rewrite => "Rewritten passages",
            PassageClass::SameForm => "Passages of the same form with other data",
            PassageClass::Furniture => "Furniture: menus, footers and the like",
        })?;
        for family in families.groups() {
            match self.digest.matches_of(family) {
                _ if class == PassageClass::Furniture => self.furniture(family)?,
                matches @ [_, ..] if family.count <= 2 => matches.iter().try_for_each(|m| self.passage_match(m))?,
                matches => self.family(family, matches)?,
            }
        }
        self.more(families, "passage")
    }

    /// Writes what stands in many documents at like places, once.
    fn furniture(&mut self, family: &PassageFamily) -> io::Result<()> {
        let places = counted(family.count as u64, "place");
        let (documents, repeated) = (counted(family.documents as u64, "document"), bytes(cost_of_family(family)));
        let title = format!("{places} in {documents}, {repeated} stand again{}", told_new(family.new));
        self.page.title(&family.id, &title)?;
        self.page.excerpt(&family.keep.excerpt, FAMILY_LINES)?;
        self.family_place("kept", &family.keep)?;
        self.page.blank()
    }

    fn passage_match(&mut self, m: &PassageMatch) -> io::Result<()> {
        let title = format!("{}: {}", self.repeats(m), same_words(m));
        self.page.title(&m.id, &title)?;
        self.page.aligned(&aligned(&m.a, &m.b, self.tokenizer), MATCH_LINES)?;
        self.place("first", &m.a)?;
        self.place("second", &m.b)?;
        self.page.labelled("match", &measured(m), Paint::Plain)?;
        self.differences(m)?;
        self.page.blank()
    }

    /// `Paragraph 15 repeats paragraphs 5 and 6, joined`.
    fn repeats(&self, m: &PassageMatch) -> String {
        let of = |span: &PlacedSpan| match m.scope {
            MatchScope::Within => String::new(),
            MatchScope::Across => format!(" of {}", self.names.document(&span.doc)),
        };
        let (a, b) = (covered(&m.a), last_or_covered(&m.b));
        let verb = if b.starts_with("paragraphs") { "repeat" } else { "repeats" };
        capitalised(&format!("{b}{} {verb} {a}{}{}", of(&m.b), of(&m.a), regrouped(&m.a, &m.b)))
    }

    fn place(&mut self, label: &str, span: &PlacedSpan) -> io::Result<()> {
        if span.in_index.is_some() {
            self.page.place(label, &self.names.place(span), mark(span.new))?;
            return self.page.continued(&covered(span), Paint::Faint);
        }
        let lines = if span.line == span.end_line {
            String::new() // the name has it
        } else {
            format!("lines {}-{}, ", span.line, span.end_line)
        };
        self.page.place(label, &self.names.place(span), mark(span.new))?;
        let (bytes, chars) = ((span.start, span.end), (span.char_start, span.char_end));
        let spans = format!("{lines}bytes {}..{}, characters {}..{}", bytes.0, bytes.1, chars.0, chars.1);
        self.page.continued(&spans, Paint::Faint)
    }

    fn differences(&mut self, m: &PassageMatch) -> io::Result<()> {
        let told = differences(m);
        if told.is_empty() && m.more_differences == 0 {
            // An index holds words, and not how they are written.
            let nothing = if m.a.in_index.is_none() { "nothing" } else { "no word" };
            let words = || counted(m.changed_words as u64, "word");
            let told = if m.changed_words == 0 { nothing.to_owned() } else { words() };
            return self.page.labelled("differs", &told, Paint::Plain);
        }
        for (i, (phrase, times)) in told.iter().take(DIFFERENCES).enumerate() {
            let times = if *times > 1 { format!(", {} times", number(*times as u64)) } else { String::new() };
            let label = if i == 0 { "differs" } else { "" };
            self.page.labelled(label, &format!("{phrase}{times}"), Paint::Change)?;
        }
        let hidden: usize = told.iter().skip(DIFFERENCES).map(|(_, times)| times).sum();
        match hidden + m.more_differences {
            0 => Ok(()),
            more => self.page.continued(&format!("and {}", counted_more(more, "difference")), Paint::Plain),
        }
    }

    fn family(&mut self, family: &PassageFamily, matches: &[PassageMatch]) -> io::Result<()> {
        let matches = if is_loop(family, matches) { &[] } else { matches };
        let words = matches.iter().map(|m| m.words).max().or_else(|| words_of_excerpt(&family.keep));
        let is_one_length = matches.iter().all(|m| Some(m.words) == words);
        let up_to = if is_one_length { "" } else { "up to " };
        let words =
            words.map_or_else(|| "one passage".into(), |words| format!("{up_to}{}", counted(words as u64, "word")));
        let (mut places, repeated) = (counted(family.count as u64, "place"), cost_of_family(family));
        let unit = self.digest.header.parameters.config.unit;
        if unit.is_some() {
            places = format!("{places} of {}", counted(documents_of(family) as u64, "document"));
        }
        let words = unit.map_or(words, |unit| format!("one {}", unit.name()));
        let repeated = if repeated == 0 { String::new() } else { format!(", {} stand again", bytes(repeated)) };
        self.page.title(&family.id, &format!("{words} in {places}{repeated}{}", told_new(family.new)))?;
        self.page.excerpt(&family.keep.excerpt, FAMILY_LINES)?;
        self.family_place("kept", &family.keep)?;
        let (new, known): (Vec<_>, Vec<_>) = family.occurrences.iter().partition(|place| place.new);
        for place in new.into_iter().chain(known).take(self.places()) {
            self.family_place("again", place)?;
        }
        self.page.more_places(family.count.saturating_sub(1), self.places().min(family.occurrences.len()))?;
        self.page.blank()
    }

    fn family_place(&mut self, label: &str, place: &PlacedSpan) -> io::Result<()> {
        self.page.place(label, &self.names.place(place), &format!("{}{}", covered(place), mark(place.new)))
    }

    /// Writes how many groups are not shown: those beyond the limit, and those that a baseline has.
    fn more<T>(&mut self, groups: &Shortlisted<T>, noun: &str) -> io::Result<()> {
        let (beyond, known) = (groups.wanted.saturating_sub(groups.shown.len()), groups.all - groups.wanted);
        if beyond > 0 {
            self.page.entry(&format!("and {} (--limit 0 shows all)", counted_more(beyond, noun)))?;
        }
        if known > 0 {
            self.page.entry(&format!("{} that the baseline has", counted(known as u64, noun)))?;
        }
        if beyond + known > 0 { self.page.blank() } else { Ok(()) }
    }

    fn places(&self) -> usize {
        if self.is_unlimited { usize::MAX } else { PLACES }
    }
}

/// What a near copy has in place of the words of the kept document, `[-users-]{+items+}`.
fn changes(member: &Member) -> String {
    let of = |difference: &Difference| {
        let side = |open: &str, text: &str, close: &str| {
            let text = shorten(&one_line(text), CHANGE);
            if text.is_empty() { String::new() } else { format!("{open}{text}{close}") }
        };
        format!("{}{}", side("[-", &difference.a, "-]"), side("{+", &difference.b, "+}"))
    };
    let words = changed_words(member);
    let more = match words.len().saturating_sub(CHANGES).saturating_add(member.more_differences) {
        0 => String::new(),
        more => format!(" and {}", counted_more(more, "difference")),
    };
    let told: Vec<String> = words.into_iter().take(CHANGES).map(of).collect();
    if told.is_empty() { String::new() } else { format!("{}{more}", told.join(" ... ")) }
}

/// Whether what repeats at once is told as its unit, so that matches, which are halves of all of it, say nothing of its length.
fn is_loop(family: &PassageFamily, matches: &[PassageMatch]) -> bool {
    let length = |place: &PlacedSpan| place.end - place.start;
    family.keep.in_index.is_none() && matches.iter().any(|found| length(&found.b) > 2 * length(&family.keep))
}

/// Returns how many words a place has, if its excerpt is all of it.
fn words_of_excerpt(place: &PlacedSpan) -> Option<usize> {
    (place.excerpt.len() == place.end - place.start).then(|| Tokenizer::default().tokens(&place.excerpt).len())
}

/// How many documents have a place of a family, as far as places are listed.
fn documents_of(family: &PassageFamily) -> usize {
    let places = || [&family.keep].into_iter().chain(&family.occurrences);
    places().map(|place| (&place.doc.source, place.doc.record)).collect::<BTreeSet<_>>().len()
}

/// What the removal of a group would save, as an appendix to its title.
fn cost(n: u64) -> String {
    if n == 0 { String::new() } else { format!(", {} could go", bytes(n)) }
}

fn told_new(n: usize) -> String {
    if n == 0 { String::new() } else { format!(", {} new", number(n as u64)) }
}

fn mark(is_new: bool) -> &'static str {
    if is_new { " (new)" } else { "" }
}

fn same_words(m: &PassageMatch) -> String {
    if m.identity >= 1.0 {
        counted(m.words as u64, "equal word")
    } else {
        format!("{}, {} alike", counted(m.words as u64, "word"), percent(m.identity))
    }
}

fn measured(m: &PassageMatch) -> String {
    let (a, b) = (percent(m.containment_a), percent(m.containment_b));
    let containment = if a == b {
        format!("containment {a} both ways")
    } else {
        format!("containment {a} of the first in the second, {b} of the second in the first")
    };
    format!("{}, identity {}, {containment}", counted(m.words as u64, "word"), percent(m.identity))
}
