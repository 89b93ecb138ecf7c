//! The elements that are open at some place of a page, as far as the text depends on it: whether a reader sees the
//! place, and whether white space counts there.
//!
//! Browsers build a tree by rules of some eighty pages (HTML standard, 13.2.6). The few of them that decide where an
//! element ends that was left open are followed here: a block ends a paragraph, an item the item before it, the end of
//! a block all that is open in it, and the end of an inline element nothing beyond its block. Tables are not rearranged.
//! Each element is opened and closed once and searches are bounded, so the work is linear however deep the page is.

use super::tag::{HtmlTag, KNOWN, TagContent, TagGroup};

/// How far up an element is looked for that some tag ends without naming it, or that is no block. Real pages nest
/// inline elements a few deep; browsers refuse to nest more than 512 of any kind.
const REACH: usize = 64;

/// The open elements, from the root inwards.
pub(super) struct OpenElements {
    elements: Vec<Element>,
    /// How many elements with a known name are open, so that a stray end tag costs no search.
    counts: [u32; KNOWN],
    unseen: usize,
    pre: usize,
    foreign: usize,
    deepest: usize,
}

#[derive(Clone, Copy)]
struct Element {
    tag: HtmlTag,
    unseen: bool,
}

impl OpenElements {
    pub fn new() -> Self {
        Self { elements: Vec::new(), counts: [0; KNOWN], unseen: 0, pre: 0, foreign: 0, deepest: 0 }
    }

    /// Returns whether a reader sees what stands here.
    pub fn is_seen(&self) -> bool {
        self.unseen == 0
    }

    /// Returns whether white space counts here.
    pub fn is_pre(&self) -> bool {
        self.pre > 0
    }

    /// Returns whether this is inside `svg` or `math`.
    pub fn is_foreign(&self) -> bool {
        self.foreign > 0
    }

    /// Returns how many elements were open at once.
    pub fn deepest(&self) -> usize {
        self.deepest
    }

    /// Closes what a start tag ends that is about to open an element.
    pub fn make_room(&mut self, tag: HtmlTag) {
        use TagGroup::{Block, Cell, Choice, Definition, Inline, Item, List, Paragraph, Row, Rows, Table};
        if tag.ends_paragraph() {
            self.close_nearest(&[Paragraph], &[Table, Cell]);
        }
        match tag.group {
            Item => self.close_nearest(&[Item], &[List, Table, Cell]),
            Definition => self.close_nearest(&[Definition], &[List, Table, Cell]),
            Rows => self.close_nearest(&[Rows, Row], &[Table]),
            Row => self.close_nearest(&[Row], &[Rows, Table]),
            Cell => self.close_nearest(&[Cell], &[Row, Table]),
            Choice => self.close_nearest(&[Choice], &[Block, List, Table, Cell]),
            Inline | Block | Paragraph | List | Table => {}
        }
    }

    pub fn open(&mut self, tag: HtmlTag, unseen: bool) {
        self.elements.push(Element { tag, unseen });
        self.deepest = self.deepest.max(self.elements.len());
        if let Some(count) = self.counts.get_mut(tag.id as usize) {
            *count += 1;
        }
        self.unseen += usize::from(unseen);
        self.pre += usize::from(is_pre(tag));
        self.foreign += usize::from(tag.content == TagContent::Foreign);
    }

    /// Closes the element that an end tag names, if one is open, and all within it.
    pub fn close(&mut self, tag: HtmlTag) {
        let is_named = |element: &Element| element.tag.id == tag.id;
        let found = match self.counts.get(tag.id as usize) {
            Some(0) => None,
            // The search ends at the element, and takes no longer than closing all those that it passes.
            Some(_) if tag.group != TagGroup::Inline || tag.content != TagContent::Flow => {
                self.elements.iter().rposition(is_named)
            }
            _ => self.nearest(is_named, |element| element.tag.group != TagGroup::Inline),
        };
        self.truncate(found);
    }

    fn close_nearest(&mut self, groups: &[TagGroup], barriers: &[TagGroup]) {
        let found = self
            .nearest(|element| groups.contains(&element.tag.group), |element| barriers.contains(&element.tag.group));
        self.truncate(found);
    }

    fn nearest(&self, wanted: impl Fn(&Element) -> bool, barrier: impl Fn(&Element) -> bool) -> Option<usize> {
        let reach = self.elements.len().saturating_sub(REACH);
        let found = self.elements[reach..].iter().rposition(|element| wanted(element) || barrier(element))?;
        wanted(&self.elements[reach + found]).then_some(reach + found)
    }

    fn truncate(&mut self, length: Option<usize>) {
        for element in length.map(|length| self.elements.drain(length..)).into_iter().flatten() {
            if let Some(count) = self.counts.get_mut(element.tag.id as usize) {
                *count -= 1;
            }
            self.unseen -= usize::from(element.unseen);
            self.pre -= usize::from(is_pre(element.tag));
            self.foreign -= usize::from(element.tag.content == TagContent::Foreign);
        }
    }
}

fn is_pre(tag: HtmlTag) -> bool {
    matches!(tag.content, TagContent::Pre | TagContent::RawPre(_))
}
