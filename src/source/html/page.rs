//! From the tokens of a page to its text.
//!
//! The tokenizer tells where it stands, but not where a string that it emits began, because references such as
//! `&eacute;` change in length. So each string is compared with the bytes before the place: where they are equal it
//! was copied, and where not, it was made from all since the last token.

use html5gum::{Emitter, Error, State};

use super::flow::Flow;
use super::open::{OpenElements, PagePlace};
use super::tag::{HtmlTag, TagContent, TagGroup};
use crate::source::markup::{IgnoredMarkup, TITLE_BYTES, Visible};
use doublon_core::Span;
use doublon_core::text::{IgnoreMark, ignore_marks};

/// Names of elements and attributes longer than this are cut: no known one is, and a page may hold giant ones.
const LONGEST_NAME: usize = 64;
/// The bytes that are looked at of an inline style.
const LONGEST_STYLE: usize = 4096;

/// Takes the tokens of a page.
pub(super) struct PageEmitter<'a> {
    html: &'a [u8],
    /// Whether the page says that it is XML, in which `<![CDATA[` holds text.
    is_xml: bool,
    /// The place of the tokenizer, and the end of the last token.
    position: usize,
    done: usize,
    token: TagInReading,
    /// The name of the last start tag: the end tag that ends raw text.
    last_start: Vec<u8>,
    /// Whether the text that follows belongs to an element of which nothing is seen.
    in_raw: bool,
    /// Whether that element is the first title.
    is_in_title: bool,
    /// What the first title says.
    title: Option<Vec<u8>>,
    open: OpenElements,
    flow: Flow,
    ignoring: Ignoring,
}

/// What comments say that shall not count.
#[derive(Default)]
struct Ignoring {
    /// The comments that are not met yet, the last one first.
    marks: Vec<(Span, IgnoreMark)>,
    /// Whether the place is between two comments.
    is_on: bool,
    /// Whether a comment waits for the block that it is about.
    waits: bool,
    /// How many elements are open around such a block.
    around: Option<usize>,
    found: IgnoredMarkup,
}

/// The tag that is being read.
#[derive(Default)]
#[allow(clippy::struct_excessive_bools)] // what its attributes and its end say, each for itself
struct TagInReading {
    name: Vec<u8>,
    is_end: bool,
    ends_itself: bool,
    attribute: Vec<u8>,
    style: Vec<u8>,
    is_hidden: bool,
    is_open: bool,
}

impl<'a> PageEmitter<'a> {
    pub fn new(html: &'a str) -> Self {
        let start = html.trim_start_matches('\u{feff}');
        let mark = html.len() - start.len();
        Self {
            html: html.as_bytes(),
            is_xml: start.trim_ascii_start().starts_with("<?xml"),
            position: mark,
            done: mark,
            token: TagInReading::default(),
            last_start: Vec::new(),
            in_raw: false,
            is_in_title: false,
            title: None,
            open: OpenElements::new(),
            flow: Flow::new(),
            ignoring: Ignoring { marks: marks_of(html), ..Ignoring::default() },
        }
    }

    /// Returns what of the page the tokenizer is to read: all but a byte order mark.
    pub fn rest(&self) -> &'a [u8] {
        &self.html[self.position..]
    }

    /// Returns the text, and how deep the elements were nested.
    pub fn finish(self) -> (Visible, usize) {
        let Self { html, open, flow, title, ignoring, .. } = self;
        let ignored = IgnoredMarkup { is_open: ignoring.is_on, ..ignoring.found };
        let title = title.map(|title| String::from_utf8_lossy(&title).into_owned());
        let deepest = open.deepest();
        let (elements, headings) = open.finish(html.len(), &flow);
        (Visible { title, elements, headings, ignored, ..flow.finish() }, deepest)
    }

    fn text(&mut self, bytes: &[u8]) {
        let origin = self.origin(bytes);
        self.done = self.position;
        if self.in_raw && self.is_in_title {
            extend_up_to(TITLE_BYTES, self.title.get_or_insert_default(), bytes);
        }
        // Browsers drop NUL; the tokenizer leaves that to the tree.
        if self.in_raw || bytes == b"\0" || bytes.is_empty() || self.ignores(bytes) || !self.open.is_seen() {
            return;
        }
        match (origin.len() == bytes.len(), self.open.is_pre()) {
            (true, false) => self.flow.copy(bytes, origin.start),
            (true, true) => self.flow.copy_lines(bytes, origin.start),
            (false, is_pre) => self.flow.replace(bytes, origin, is_pre),
        }
    }

    /// Returns whether text is left out as comments say.
    fn ignores(&mut self, text: &[u8]) -> bool {
        let Ignoring { is_on, around, found, .. } = &mut self.ignoring;
        *around = around.filter(|&around| self.open.depth() > around);
        if around.is_some() || *is_on && self.open.is_seen() {
            found.bytes += text.trim_ascii().len() as u64;
        }
        // The element is no element without its comments.
        if *is_on {
            self.open.hold_more();
        }
        *is_on
    }

    /// Takes the comment that ends here. Those before it that were not met are none: they stand in a script.
    fn comment(&mut self) {
        while let Some((comment, mark)) = self.ignoring.marks.pop_if(|(comment, _)| comment.start < self.position) {
            if comment.start < self.done {
                continue;
            }
            self.open.hold_more();
            let Ignoring { is_on, waits, found, .. } = &mut self.ignoring;
            found.places += u64::from(mark == IgnoreMark::Start && !*is_on);
            match mark {
                IgnoreMark::Start => *is_on = true,
                IgnoreMark::End => *is_on = false,
                IgnoreMark::Next => *waits = !*is_on,
            }
        }
    }

    /// Whether a tag begins the block that a comment is about.
    fn is_awaited(&mut self, tag: HtmlTag) -> bool {
        let is_block = tag.group != TagGroup::Inline
            && matches!(tag.content, TagContent::Flow | TagContent::Pre | TagContent::RawPre(_));
        let is_awaited = self.ignoring.waits && is_block;
        if is_awaited {
            self.ignoring.waits = false;
            self.ignoring.found.places += 1;
            self.ignoring.around = Some(self.open.depth());
        }
        is_awaited
    }

    /// Returns what a string was made from that ends here.
    fn origin(&self, bytes: &[u8]) -> Span {
        let start = self.position.saturating_sub(bytes.len());
        let is_copy = start >= self.done
            && self.html.get(start..self.position) == Some(bytes)
            // `&semi;` ends with what it stands for.
            && (start == self.done || self.html[self.done] != b'&');
        Span::new(if is_copy { start } else { self.done.min(self.position) }, self.position)
    }

    /// Takes a start tag that begins at a byte of the page.
    fn start_tag(&mut self, start: usize) -> Option<State> {
        let tag = HtmlTag::of(&self.token.name);
        if self.open.is_foreign() && self.token.ends_itself {
            return None;
        }
        self.open.make_room(tag, start, &self.flow);
        let place = PagePlace { page: start, text: self.flow.len() };
        let unseen = self.is_awaited(tag) || self.is_unseen(tag);
        if self.open.is_seen() && !unseen {
            self.set_apart(tag);
        }
        match tag.content {
            TagContent::Break => None,
            TagContent::Void => {
                if tag.group == TagGroup::Inline {
                    self.open.hold_more();
                }
                None
            }
            TagContent::Raw(state) => {
                self.open.hold_more();
                self.in_raw = true;
                self.is_in_title = self.title.is_none() && !self.open.is_foreign() && self.token.name == b"title";
                Some(state)
            }
            TagContent::RawPre(state) => {
                self.open.open(tag, unseen, place);
                Some(state)
            }
            _ => {
                self.open.open(tag, unseen, place);
                None
            }
        }
    }

    fn end_tag(&mut self, place: Span) {
        let tag = HtmlTag::of(&self.token.name);
        let was_seen = self.open.is_seen();
        // Raw text was not opened.
        if !std::mem::take(&mut self.in_raw) {
            self.open.close(tag, place, &self.flow);
        }
        if was_seen {
            self.set_apart(tag);
        }
    }

    fn set_apart(&mut self, tag: HtmlTag) {
        if tag.content == TagContent::Break {
            self.flow.end_line();
        } else {
            self.flow.set_apart(tag.gap);
        }
    }

    fn is_unseen(&self, tag: HtmlTag) -> bool {
        match tag.content {
            // Scripts show these when they are done.
            TagContent::Page => false,
            TagContent::Unseen => true,
            TagContent::UnseenUnlessOpen if !self.token.is_open => true,
            _ => self.token.is_hidden || hides(&self.token.style),
        }
    }
}

/// Returns the comments of a page that say what shall not count, the last one first.
fn marks_of(html: &str) -> Vec<(Span, IgnoreMark)> {
    let mut marks = ignore_marks(html, |_| true);
    marks.reverse();
    marks
}

/// Whether an inline style hides its element.
fn hides(style: &[u8]) -> bool {
    style.split(|&byte| byte == b';').any(|declaration| {
        let mut parts = declaration.splitn(2, |&byte| byte == b':').map(<[u8]>::trim_ascii);
        let (Some(property), Some(value)) = (parts.next(), parts.next()) else { return false };
        let value = value.split(|&byte| byte == b'!').next().unwrap_or_default().trim_ascii();
        property.eq_ignore_ascii_case(b"display") && value.eq_ignore_ascii_case(b"none")
            || property.eq_ignore_ascii_case(b"visibility") && value.eq_ignore_ascii_case(b"hidden")
    })
}

fn extend_up_to(limit: usize, buffer: &mut Vec<u8>, bytes: &[u8]) {
    buffer.extend_from_slice(&bytes[..bytes.len().min(limit.saturating_sub(buffer.len()))]);
}

impl Emitter for &mut PageEmitter<'_> {
    type Token = std::convert::Infallible;

    fn pop_token(&mut self) -> Option<Self::Token> {
        None
    }

    fn should_emit_errors(&mut self) -> bool {
        false
    }

    fn emit_error(&mut self, _: Error) {}

    #[inline]
    fn move_position(&mut self, offset: isize) {
        self.position = self.position.saturating_add_signed(offset);
    }

    fn emit_string(&mut self, bytes: &[u8]) {
        self.text(bytes);
    }

    fn emit_eof(&mut self) {}

    fn set_last_start_tag(&mut self, name: Option<&[u8]>) {
        self.last_start = name.unwrap_or_default().to_vec();
    }

    fn current_is_appropriate_end_tag_token(&mut self) -> bool {
        self.token.is_end && !self.last_start.is_empty() && self.token.name == self.last_start
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&mut self) -> bool {
        self.is_xml || self.open.is_foreign()
    }

    fn init_start_tag(&mut self) {
        self.token.clear(false);
    }

    fn init_end_tag(&mut self) {
        self.token.clear(true);
    }

    fn push_tag_name(&mut self, bytes: &[u8]) {
        extend_up_to(LONGEST_NAME, &mut self.token.name, bytes);
    }

    fn set_self_closing(&mut self) {
        self.token.ends_itself = true;
    }

    fn emit_current_tag(&mut self) -> Option<State> {
        self.token.end_attribute();
        let tag = Span::new(self.done.min(self.position), self.position);
        self.done = self.position;
        if self.token.is_end {
            self.end_tag(tag);
            return None;
        }
        let state = self.start_tag(tag.start);
        self.last_start.clone_from(&self.token.name);
        state
    }

    fn init_attribute(&mut self) {
        self.token.end_attribute();
    }

    fn push_attribute_name(&mut self, bytes: &[u8]) {
        extend_up_to(LONGEST_NAME, &mut self.token.attribute, bytes);
    }

    fn push_attribute_value(&mut self, bytes: &[u8]) {
        if self.token.attribute == b"style" {
            extend_up_to(LONGEST_STYLE, &mut self.token.style, bytes);
        }
    }

    fn init_comment(&mut self) {}

    fn push_comment(&mut self, _: &[u8]) {}

    fn emit_current_comment(&mut self) {
        self.comment();
        self.done = self.position;
    }

    fn init_doctype(&mut self) {}

    fn push_doctype_name(&mut self, _: &[u8]) {}

    fn set_force_quirks(&mut self) {}

    fn set_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn set_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_public_identifier(&mut self, _: &[u8]) {}

    fn push_doctype_system_identifier(&mut self, _: &[u8]) {}

    fn emit_current_doctype(&mut self) {
        self.done = self.position;
    }
}

impl TagInReading {
    fn clear(&mut self, is_end: bool) {
        self.name.clear();
        self.attribute.clear();
        self.style.clear();
        (self.is_end, self.ends_itself, self.is_hidden, self.is_open) = (is_end, false, false, false);
    }

    fn end_attribute(&mut self) {
        match self.attribute.as_slice() {
            b"hidden" => self.is_hidden = true,
            b"open" => self.is_open = true,
            _ => {}
        }
        self.attribute.clear();
    }
}
