//! What a clean copy is to leave out.

/// What a clean copy leaves out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CleanOptions {
    /// What becomes of duplicate documents.
    pub documents: DocumentTreatment,
    /// What becomes of passages that repeat.
    pub passages: PassageTreatment,
    /// Where a cut may begin and end.
    pub cut_at: CutEdge,
    /// Whether lines and sentences go that are like their kept place but for their numbers. If not, they stay: of the words
    /// that the kept place does not have, 30% and more ([`LEAST_DIGITS`](crate::finding::LEAST_DIGITS)) have a digit.
    pub cut_other_data: bool,
    /// A document that has fewer words left after its cuts goes as a whole.
    pub min_left: usize,
}

impl Default for CleanOptions {
    fn default() -> Self {
        Self {
            documents: DocumentTreatment::Drop,
            passages: PassageTreatment::Keep,
            cut_at: CutEdge::default(),
            cut_other_data: false,
            min_left: 1,
        }
    }
}

/// What becomes of duplicate documents.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DocumentTreatment {
    /// All but the kept one of each cluster go.
    #[default]
    Drop,
    /// They stay, and records say of which cluster they are.
    Mark,
}

impl DocumentTreatment {
    /// Returns the name that flags and evidence give it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Drop => "drop",
            Self::Mark => "mark",
        }
    }
}

/// The fields that are added on request.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AddedFields {
    /// The field for how many documents a kept one stands for, itself included.
    pub count: Option<String>,
    /// Fields of which a kept record gets the values of those that go for it.
    pub merge: Vec<MergedField>,
}

/// A field of which values are gathered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MergedField {
    /// The field that is read.
    pub field: String,
    /// The field that is written.
    pub name: String,
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
