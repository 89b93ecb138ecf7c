//! The elements that are open at some place of a page, as far as the text depends on it: whether a reader sees the
//! place, and whether white space counts there.
//!
//! Browsers build a tree by rules of some eighty pages (HTML standard, 13.2.6). The few of them that decide where an
//! element ends that was left open are followed here: a block ends a paragraph, an item the item before it, the end of
//! a block all that is open in it, and the end of an inline element nothing beyond its block. Tables are not rearranged.
//! Each element is opened and closed once and searches are bounded, so the work is linear however deep the page is.

use super::flow::Flow;
use super::tag::{HtmlTag, KNOWN, TagContent, TagGroup};
use crate::source::document::PageElement;
use doublon_core::Span;

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
    /// The elements that were closed and hold text.
    closed: Vec<PageElement>,
    /// The text of the headings that were closed.
    headings: Vec<Span>,
}

#[derive(Clone, Copy)]
struct Element {
    tag: HtmlTag,
    unseen: bool,
    start: PagePlace,
    /// Whether it holds what is no text, or a tag that is paired with one outside of it.
    holds_more: bool,
}

/// A place in a page, and how long its text is there.
#[derive(Clone, Copy)]
pub(super) struct PagePlace {
    pub page: usize,
    pub text: usize,
}

impl OpenElements {
    pub fn new() -> Self {
        Self {
            elements: Vec::new(),
            counts: [0; KNOWN],
            unseen: 0,
            pre: 0,
            foreign: 0,
            deepest: 0,
            closed: Vec::new(),
            headings: Vec::new(),
        }
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

    /// Returns how many elements are open.
    pub fn depth(&self) -> usize {
        self.elements.len()
    }

    /// Returns how many elements were open at once.
    pub fn deepest(&self) -> usize {
        self.deepest
    }

    /// Says that the innermost open element holds something that is no text.
    pub fn hold_more(&mut self) {
        if let Some(element) = self.elements.last_mut() {
            element.holds_more = true;
        }
    }

    /// Closes what a start tag ends that is about to open an element. `start` is where the tag begins.
    pub fn make_room(&mut self, tag: HtmlTag, start: usize, text: &Flow) {
        use TagGroup::{Block, Cell, Choice, Definition, Inline, Item, List, Paragraph, Row, Rows, Table};
        if tag.ends_paragraph() {
            self.close_nearest(start, text, &[Paragraph], &[Table, Cell]);
        }
        match tag.group {
            Item => self.close_nearest(start, text, &[Item], &[List, Table, Cell]),
            Definition => self.close_nearest(start, text, &[Definition], &[List, Table, Cell]),
            Rows => self.close_nearest(start, text, &[Rows, Row], &[Table]),
            Row => self.close_nearest(start, text, &[Row], &[Rows, Table]),
            Cell => self.close_nearest(start, text, &[Cell], &[Row, Table]),
            Choice => self.close_nearest(start, text, &[Choice], &[Block, List, Table, Cell]),
            Inline | Block | Paragraph | List | Table => {}
        }
    }

    pub fn open(&mut self, tag: HtmlTag, unseen: bool, start: PagePlace) {
        let holds_more = unseen || tag.content == TagContent::Foreign;
        self.elements.push(Element { tag, unseen, start, holds_more });
        self.deepest = self.deepest.max(self.elements.len());
        if let Some(count) = self.counts.get_mut(tag.id as usize) {
            *count += 1;
        }
        self.unseen += usize::from(unseen);
        self.pre += usize::from(is_pre(tag));
        self.foreign += usize::from(tag.content == TagContent::Foreign);
    }

    /// Closes the element that an end tag names, if one is open, and all within it. `place` is that of the end tag.
    pub fn close(&mut self, tag: HtmlTag, place: Span, text: &Flow) {
        let is_named = |element: &Element| element.tag.id == tag.id;
        let found = match self.counts.get(tag.id as usize) {
            Some(0) => None,
            // The search ends at the element, and takes no longer than closing all those that it passes.
            Some(_) if tag.group != TagGroup::Inline || tag.content != TagContent::Flow => {
                self.elements.iter().rposition(is_named)
            }
            _ => self.nearest(is_named, |element| element.tag.group != TagGroup::Inline),
        };
        match found {
            Some(length) => {
                self.truncate(length + 1, place.start, text);
                self.close_last(place.end, true, text);
            }
            // It may be paired with a start tag further out.
            None => self.hold_more(),
        }
    }

    /// Closes all elements at the end of the page. Returns those that hold text, by the first byte of that, outer ones
    /// first; and the text of the headings, in order.
    pub fn finish(mut self, end: usize, text: &Flow) -> (Vec<PageElement>, Vec<Span>) {
        self.truncate(0, end, text);
        self.closed.sort_by_key(|element| (element.text.start, element.page.start));
        self.headings.sort_unstable();
        (self.closed, self.headings)
    }

    fn close_nearest(&mut self, start: usize, text: &Flow, groups: &[TagGroup], barriers: &[TagGroup]) {
        let found = self
            .nearest(|element| groups.contains(&element.tag.group), |element| barriers.contains(&element.tag.group));
        if let Some(length) = found {
            self.truncate(length, start, text);
        }
    }

    fn nearest(&self, wanted: impl Fn(&Element) -> bool, barrier: impl Fn(&Element) -> bool) -> Option<usize> {
        let reach = self.elements.len().saturating_sub(REACH);
        let found = self.elements[reach..].iter().rposition(|element| wanted(element) || barrier(element))?;
        wanted(&self.elements[reach + found]).then_some(reach + found)
    }

    /// Closes elements that have no end tag, before the byte `end`, until so many are open.
    fn truncate(&mut self, length: usize, end: usize, text: &Flow) {
        while self.elements.len() > length {
            self.close_last(end, false, text);
        }
    }

    fn close_last(&mut self, end: usize, has_end_tag: bool, text: &Flow) {
        let Some(element) = self.elements.pop() else { return };
        let Element { tag, unseen, start, .. } = element;
        if let Some(count) = self.counts.get_mut(tag.id as usize) {
            *count -= 1;
        }
        self.unseen -= usize::from(unseen);
        self.pre -= usize::from(is_pre(tag));
        self.foreign -= usize::from(tag.content == TagContent::Foreign);
        // Browsers open what is inline and was left open again behind the block.
        let holds_more = element.holds_more || is_inline(tag) && !has_end_tag;
        let own = text.since(start.text);
        if !is_inline(tag) && !own.is_empty() {
            let is_removable = !holds_more && is_removable(tag);
            self.closed.push(PageElement { text: own, page: Span::new(start.page, end), is_removable });
            self.headings.extend(tag.is_heading().then_some(own));
        }
        if let Some(outer) = self.elements.last_mut() {
            outer.holds_more |= holds_more;
        }
    }
}

fn is_inline(tag: HtmlTag) -> bool {
    tag.group == TagGroup::Inline
}

/// Whether a page without such an element is one still.
fn is_removable(tag: HtmlTag) -> bool {
    let is_part = matches!(tag.group, TagGroup::Inline | TagGroup::Cell | TagGroup::Choice);
    !is_part && matches!(tag.content, TagContent::Flow | TagContent::Pre)
}

fn is_pre(tag: HtmlTag) -> bool {
    matches!(tag.content, TagContent::Pre | TagContent::RawPre(_))
}
