//! The text of a document as it is put together, with its headings.

use doublon_core::Span;

/// The text of a document.
#[derive(Debug, Default)]
pub(super) struct OfficeText {
    pub text: String,
    pub headings: Vec<Span>,
    /// What stands before the next text.
    gap: &'static str,
    /// Where the paragraph begins, and whether it is a heading.
    paragraph: Option<(usize, bool)>,
    /// Tables that are open.
    tables: usize,
}

impl OfficeText {
    /// Begins a paragraph.
    pub fn paragraph(&mut self) {
        if self.gap.is_empty() {
            self.gap = self.between();
        }
        self.paragraph = None;
    }

    /// Says that the paragraph is a heading.
    pub fn heading(&mut self) {
        self.paragraph = Some((self.text.len(), true));
    }

    /// Ends a paragraph.
    pub fn end_paragraph(&mut self) {
        if let Some((start, true)) = self.paragraph.take() {
            let content = &self.text[start..];
            let first = start + (content.len() - content.trim_start().len());
            let heading = Span::new(first.min(self.text.trim_end().len()), self.text.trim_end().len());
            self.headings.extend((!heading.is_empty()).then_some(heading));
        }
        self.gap = self.between();
    }

    pub fn table(&mut self) {
        self.tables += 1;
    }

    pub fn end_table(&mut self) {
        self.tables = self.tables.saturating_sub(1);
        self.gap = self.between();
    }

    pub fn end_row(&mut self) {
        self.gap = "\n";
    }

    pub fn end_cell(&mut self) {
        self.gap = "\t";
    }

    /// Appends text of a paragraph.
    pub fn push(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        let gap = std::mem::take(&mut self.gap);
        self.text.push_str(if self.text.is_empty() { "" } else { gap });
        self.text.push_str(text);
    }

    fn between(&self) -> &'static str {
        if self.tables > 0 { "\n" } else { "\n\n" }
    }
}
