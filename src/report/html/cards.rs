//! What to do, on a few cards: how much there is of each kind, an example, and the command that acts on it.

use super::context::PageContext;
use super::listing::{GroupListing, GroupSource};
use super::title::{title_of_cluster, title_of_family};
use super::words::anchor;
use crate::finding::digest::FamilyTag;
use crate::finding::{GroupKind, PassageFamily};
use crate::report::text::{bytes, counted, number};

/// A card.
pub struct Card {
    /// The kind of its groups, by which the style sheet colours it.
    pub kind: &'static str,
    pub title: String,
    /// How much text could go, or what else the groups come to.
    pub gain: String,
    /// The text of the first group.
    pub quote: String,
    /// Where that stands.
    pub place: String,
    pub command: Option<String>,
    /// The group that is quoted.
    pub anchor: Option<String>,
    /// The shelf of its groups.
    pub shelf: &'static str,
}

/// Returns the cards, those first with which a reader begins.
pub fn cards(context: &PageContext<'_>, listing: &GroupListing<'_>) -> Vec<Card> {
    let shelf = |kind: GroupKind| &listing.shelves[kind.rank()];
    let of_kind = |kind: GroupKind| context.digest.families.of(kind.rank());
    let first = |kind: GroupKind| {
        shelf(kind).groups.iter().find_map(|group| match group.source {
            GroupSource::Family(family, number) => Some((family, number)),
            _ => None,
        })
    };
    let card = |kind: GroupKind| {
        let (families, (family, number)) = (of_kind(kind), first(kind)?);
        Some(Card::of_families(kind, families.wanted as u64, families.cost, (family, number), context))
    };
    let documents = Card::of_documents(context, listing);
    let passages = [GroupKind::Boilerplate, GroupKind::Duplicate, GroupKind::Rewrite].into_iter().filter_map(card);
    documents.into_iter().chain(passages).collect()
}

impl Card {
    fn of_documents(context: &PageContext<'_>, listing: &GroupListing<'_>) -> Option<Self> {
        let summary = &context.digest.summary;
        let cluster = listing.groups().find_map(|group| match group.source {
            GroupSource::Cluster(cluster) => Some(cluster),
            _ => None,
        })?;
        let documents = summary.new.map_or(summary.removed, |new| new.documents);
        Some(Self {
            kind: "documents",
            title: format!("Remove {}", counted(documents, "duplicate document")),
            gain: if summary.new.is_some() { "new".into() } else { bytes(summary.removed_bytes) },
            quote: title_of_cluster(cluster, context),
            place: match (counted(cluster.members.len() as u64, "duplicate"), context.document(&cluster.keep)) {
                (_, kept) if cluster.is_template() => {
                    format!("shares a template with others: {kept}; look before they go")
                }
                (duplicates, kept) => format!("{duplicates} of {kept}"),
            },
            command: context.clean(""),
            anchor: anchor(&cluster.id).map(str::to_owned),
            shelf: shelf_of(GroupKind::Duplicate),
        })
    }

    fn of_families(
        kind: GroupKind,
        count: u64,
        cost: u64,
        (family, number): (&PassageFamily, usize),
        context: &PageContext<'_>,
    ) -> Self {
        let tag = FamilyTag::new(family, number, context.digest.matches_of(family));
        let command = || context.clean(" --passages cut").filter(|_| can_be_cut(&family.keep.doc.source));
        let (title, command) = match kind {
            GroupKind::Boilerplate => (boilerplate(count, family), command()),
            GroupKind::Rewrite => (format!("Look at {}", counted(count, "rewritten passage")), None),
            _ if can_be_cut(&family.keep.doc.source) => {
                (format!("Cut {}", counted(count, "repeated passage")), command())
            }
            _ => (format!("Look at {}", counted(count, "repeated passage")), None),
        };
        let places = counted(family.count as u64, "place");
        Self {
            kind: shelf_of(kind),
            title,
            gain: bytes(cost),
            quote: title_of_family(family),
            place: match family.documents {
                0 | 1 => format!("{places} of {}", context.document(&family.keep.doc)),
                n => format!("in {}, first in {}", counted(n as u64, "document"), context.place(&family.keep)),
            },
            command,
            anchor: anchor(&tag.label).map(str::to_owned),
            shelf: shelf_of(kind),
        }
    }
}

/// Returns whether passages can be cut out of a source by its name: of web archives only whole records go.
fn can_be_cut(source: &str) -> bool {
    let name = source.to_ascii_lowercase();
    let bare = [".gz", ".zst", ".bz2", ".xz", ".lz4"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(&name);
    ![".warc", ".arc", ".wet", ".wat"].iter().any(|end| bare.ends_with(end))
}

/// `Boilerplate on 195 documents`, `4 texts stand on up to 195 documents`.
fn boilerplate(count: u64, family: &PassageFamily) -> String {
    let documents = counted(family.documents as u64, "document");
    match count {
        1 => format!("Boilerplate on {documents}"),
        n => format!("{} texts of boilerplate, one on {documents}", number(n)),
    }
}

/// Returns the name of the shelf of a kind, which names its element too.
pub fn shelf_of(kind: GroupKind) -> &'static str {
    match kind {
        GroupKind::Duplicate => "duplicates",
        GroupKind::Boilerplate => "boilerplate",
        GroupKind::Rewrite => "rewrites",
        GroupKind::Noise => "noise",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn archives_are_told_by_their_names() {
        assert!(["a.txt", "warc", "a.warc.d/b.txt", "arc.html"].into_iter().all(can_be_cut));
        assert!(!["a.warc", "b/A.WARC.gz", "c.arc.gz", "d.wet"].into_iter().any(can_be_cut));
    }
}
