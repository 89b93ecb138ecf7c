//! What a clean copy is to leave out.

/// What a clean copy leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CleanOptions {
    /// What becomes of passages that repeat.
    pub passages: PassageTreatment,
    /// Where a cut may begin and end.
    pub cut_at: CutEdge,
    /// A document that has fewer words left after its cuts goes as a whole.
    pub min_left: usize,
}

impl Default for CleanOptions {
    fn default() -> Self {
        Self { passages: PassageTreatment::Keep, cut_at: CutEdge::default(), min_left: 1 }
    }
}

/// What becomes of passages that repeat.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum PassageTreatment {
    /// They stay.
    #[default]
    Keep,
    /// All but the kept place of each go.
    Cut,
    /// They stay, and records say where they are.
    Mark,
}

impl PassageTreatment {
    /// Returns the name that flags and evidence give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Cut => "cut",
            Self::Mark => "mark",
        }
    }
}

/// Where a cut may begin and end.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CutEdge {
    /// Between any two words.
    Word,
    /// Between two sentences.
    #[default]
    Sentence,
    /// Between two paragraphs.
    Paragraph,
}
