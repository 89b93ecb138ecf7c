//! Documents in groups, of which only those of different groups are compared.

/// The group of each document. Without groups, each document is one of its own.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DocumentGroups {
    /// First documents, ascending, each with the group of it and of those after it.
    runs: Vec<(u32, u32)>,
}

impl DocumentGroups {
    /// Says that the documents from `first` on are of `group`. They are added in order.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon_core::groups::DocumentGroups;
    ///
    /// let mut groups = DocumentGroups::default();
    /// assert!(groups.are_apart(0, 1), "without groups");
    /// groups.push(0, 7);
    /// groups.push(3, 8);
    /// assert!(!groups.are_apart(0, 2) && groups.are_apart(2, 3));
    /// ```
    pub fn push(&mut self, first: u32, group: u32) {
        if self.runs.last().is_none_or(|&(_, last)| last != group) {
            self.runs.push((first, group));
        }
    }

    /// Returns the first document of each stretch of documents of one group, and the group, in order: what
    /// [`push`](Self::push) was given.
    pub fn runs(&self) -> &[(u32, u32)] {
        &self.runs
    }

    /// Returns whether there are no groups.
    pub fn is_none(&self) -> bool {
        self.runs.is_empty()
    }

    /// Returns the group of a document; without groups its number.
    pub fn of(&self, doc: u32) -> u32 {
        let after = self.runs.partition_point(|&(first, _)| first <= doc);
        after.checked_sub(1).map_or(doc, |run| self.runs[run].1)
    }

    /// Returns whether two documents may be compared; without groups any two may, also one with itself.
    pub fn are_apart(&self, a: u32, b: u32) -> bool {
        self.is_none() || self.of(a) != self.of(b)
    }
}
