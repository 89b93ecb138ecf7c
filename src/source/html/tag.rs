//! What an element means for the text of a page.

use html5gum::State;

/// A kind of element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct HtmlTag {
    /// Equal for equal names. Numbers below [`KNOWN`] are places in the table.
    pub id: u32,
    pub group: TagGroup,
    pub gap: Gap,
    pub content: TagContent,
}

/// Every `Tag::id` of a name that the table holds is below this.
pub(super) const KNOWN: usize = 256;

/// How an element ends where its end tag is missing or misplaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagGroup {
    Inline,
    Block,
    Paragraph,
    List,
    Item,
    Definition,
    Table,
    /// `tbody` and the like.
    Rows,
    Row,
    Cell,
    Choice,
}

/// What stands between two pieces of text, from weak to strong: of several the strongest counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Gap {
    None,
    Space,
    Tab,
    Line,
    /// An empty line, which ends a paragraph.
    Blank,
}

/// What an element holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum TagContent {
    Flow,
    /// Nothing: there is no end tag.
    Void,
    /// `br`.
    Break,
    /// Text whose white space counts.
    Pre,
    /// Elements that no reader sees.
    Unseen,
    /// Like `Unseen`, unless the element is said to be open: `dialog`.
    UnseenUnlessOpen,
    /// The root or the body of the page.
    Page,
    /// Markup with other rules, in which elements may end themselves (`<path/>`): `svg`, `math`.
    Foreign,
    /// Characters that no reader sees, up to the end tag, whatever they are.
    Raw(State),
    /// Characters up to the end tag, whatever they are, of which the white space counts.
    RawPre(State),
}

impl HtmlTag {
    /// Returns the kind of the elements with a name in lower case.
    pub fn of(name: &[u8]) -> Self {
        match TABLE.binary_search_by(|(known, ..)| known.as_bytes().cmp(name)) {
            Ok(id) => {
                let (_, group, gap, content) = TABLE[id];
                Self { id: id as u32, group, gap, content }
            }
            Err(_) => Self {
                id: hash(name) | KNOWN as u32,
                group: TagGroup::Inline,
                gap: Gap::None,
                content: TagContent::Flow,
            },
        }
    }

    /// Returns whether this is `h1` to `h6`.
    pub fn is_heading(self) -> bool {
        let name = TABLE.get(self.id as usize).map_or("", |(name, ..)| name);
        matches!(name.as_bytes(), [b'h', b'1'..=b'6'])
    }

    /// Returns whether a start tag of this kind ends an open paragraph.
    pub fn ends_paragraph(self) -> bool {
        !matches!(self.group, TagGroup::Inline | TagGroup::Choice | TagGroup::Cell | TagGroup::Row | TagGroup::Rows)
    }
}

/// FNV-1a. Names that collide are taken for one, which can only end an unknown element too early.
fn hash(name: &[u8]) -> u32 {
    name.iter().fold(0x811c_9dc5, |hash, &byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

use Gap::{Blank, Line, None, Space, Tab};
use TagContent::{Break, Flow, Foreign, Page, Pre, Raw, RawPre, Unseen, UnseenUnlessOpen, Void};
use TagGroup::{Block, Cell, Choice, Definition, Inline, Item, List, Paragraph, Row, Rows, Table};

/// Sorted by name. What is not here is inline. After the rendering section of the HTML standard (15.3), except that
/// every block is a paragraph, whether or not style sheets would give it a margin.
const TABLE: &[(&str, TagGroup, Gap, TagContent)] = &[
    ("address", Block, Blank, Flow),
    ("annotation", Inline, None, Unseen),
    ("annotation-xml", Inline, None, Unseen),
    ("area", Inline, None, Void),
    ("article", Block, Blank, Flow),
    ("aside", Block, Blank, Flow),
    ("audio", Inline, None, Unseen),
    ("base", Inline, None, Void),
    ("basefont", Inline, None, Void),
    ("bgsound", Inline, None, Void),
    ("blockquote", Block, Blank, Flow),
    ("body", Block, Blank, Page),
    ("br", Inline, None, Break),
    ("button", Inline, Space, Flow),
    ("canvas", Inline, None, Unseen),
    ("caption", Block, Line, Flow),
    ("center", Block, Blank, Flow),
    ("col", Inline, None, Void),
    ("datalist", Inline, None, Unseen),
    ("dd", Definition, Line, Flow),
    ("desc", Inline, None, Unseen),
    ("details", Block, Blank, Flow),
    ("dialog", Block, Blank, UnseenUnlessOpen),
    ("dir", List, Blank, Flow),
    ("div", Block, Blank, Flow),
    ("dl", List, Blank, Flow),
    ("dt", Definition, Line, Flow),
    ("embed", Inline, None, Void),
    ("fieldset", Block, Blank, Flow),
    ("figcaption", Block, Blank, Flow),
    ("figure", Block, Blank, Flow),
    ("footer", Block, Blank, Flow),
    ("form", Block, Blank, Flow),
    ("frame", Inline, None, Void),
    ("h1", Block, Blank, Flow),
    ("h2", Block, Blank, Flow),
    ("h3", Block, Blank, Flow),
    ("h4", Block, Blank, Flow),
    ("h5", Block, Blank, Flow),
    ("h6", Block, Blank, Flow),
    ("header", Block, Blank, Flow),
    ("hgroup", Block, Blank, Flow),
    ("hr", Block, Blank, Void),
    ("html", Block, Blank, Page),
    ("iframe", Inline, None, Raw(State::RawText)),
    ("img", Inline, None, Void),
    ("input", Inline, None, Void),
    ("keygen", Inline, None, Void),
    ("legend", Block, Blank, Flow),
    ("li", Item, Line, Flow),
    ("link", Inline, None, Void),
    ("listing", Block, Blank, Pre),
    ("main", Block, Blank, Flow),
    ("math", Inline, None, Foreign),
    ("menu", List, Blank, Flow),
    ("meta", Inline, None, Void),
    ("metadata", Inline, None, Unseen),
    ("nav", Block, Blank, Flow),
    ("noembed", Inline, None, Raw(State::RawText)),
    ("noframes", Block, Blank, Flow),
    ("noscript", Inline, None, Raw(State::RawText)),
    ("ol", List, Blank, Flow),
    ("optgroup", Choice, Line, Flow),
    ("option", Choice, Line, Flow),
    ("p", Paragraph, Blank, Flow),
    ("param", Inline, None, Void),
    ("plaintext", Block, Blank, RawPre(State::PlainText)),
    ("pre", Block, Blank, Pre),
    ("rp", Inline, None, Unseen),
    ("script", Inline, None, Raw(State::ScriptData)),
    ("search", Block, Blank, Flow),
    ("section", Block, Blank, Flow),
    ("select", Inline, Space, Flow),
    ("source", Inline, None, Void),
    ("style", Inline, None, Raw(State::RawText)),
    ("summary", Block, Blank, Flow),
    ("svg", Inline, None, Foreign),
    ("table", Table, Blank, Flow),
    ("tbody", Rows, Line, Flow),
    ("td", Cell, Tab, Flow),
    ("template", Inline, None, Unseen),
    ("text", Inline, Space, Flow),
    ("textarea", Inline, None, Raw(State::RcData)),
    ("tfoot", Rows, Line, Flow),
    ("th", Cell, Tab, Flow),
    ("thead", Rows, Line, Flow),
    ("title", Inline, None, Raw(State::RcData)),
    ("tr", Row, Line, Flow),
    ("track", Inline, None, Void),
    ("ul", List, Blank, Flow),
    ("video", Inline, None, Unseen),
    ("wbr", Inline, None, Void),
    ("xmp", Block, Blank, RawPre(State::RawText)),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted_and_its_places_are_ids() {
        assert!(TABLE.is_sorted_by(|a, b| a.0 < b.0));
        assert!(TABLE.len() <= KNOWN);
        assert_eq!(HtmlTag::of(b"ul").group, TagGroup::List);
        assert!(HtmlTag::of(b"my-element").id as usize >= KNOWN);
        assert_ne!(HtmlTag::of(b"b").id, HtmlTag::of(b"i").id);
    }
}
