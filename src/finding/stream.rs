//! The stream of findings: they are handed out one by one as they are found, and nothing need hold them all.

use super::collected::Findings;
use super::line::Finding;
use crate::error::Result;

/// Receives findings one by one.
///
/// They come in the order of the variants of [`Finding`]: one header, then clusters, pairs, matches, families,
/// evaluation items and what was skipped, and one summary at the end. A stream that ends before its summary was broken off.
///
/// # Examples
///
/// A `Vec` is a sink; so is a struct that only counts.
///
/// ```
/// use doublon::finding::{Finding, Sink};
///
/// struct Removed(usize);
///
/// impl Sink for Removed {
///     fn receive(&mut self, finding: Finding) -> doublon::Result<()> {
///         if let Finding::DocumentCluster(cluster) = finding {
///             self.0 += cluster.members.len();
///         }
///         Ok(())
///     }
/// }
/// ```
pub trait Sink {
    /// Takes the next finding.
    ///
    /// # Errors
    ///
    /// If it cannot be passed on, as when a disk is full. The run ends with this error.
    fn receive(&mut self, finding: Finding) -> Result<()>;
}

impl Sink for Vec<Finding> {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        self.push(finding);
        Ok(())
    }
}

impl<S: Sink + ?Sized> Sink for &mut S {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        (**self).receive(finding)
    }
}

/// Collects all, for a consumer that needs all at once.
impl Sink for Findings {
    fn receive(&mut self, finding: Finding) -> Result<()> {
        match finding {
            Finding::Header(header) => self.header = header,
            Finding::DocumentCluster(cluster) => self.clusters.push(cluster),
            Finding::DocumentPair(pair) => self.pairs.push(pair),
            Finding::PassageMatch(found) => self.matches.push(found),
            Finding::PassageFamily(family) => self.families.push(family),
            Finding::Contamination(found) => self.contaminations.push(found),
            Finding::Skipped(skipped) => self.skipped.push(skipped),
            Finding::Summary(summary) => self.summary = summary,
        }
        Ok(())
    }
}

impl Findings {
    /// Hands all findings to a sink, in order.
    ///
    /// # Errors
    ///
    /// If the sink fails.
    pub fn send(self, sink: &mut dyn Sink) -> Result<()> {
        let Self { header, clusters, pairs, matches, families, contaminations, skipped, summary } = self;
        sink.receive(Finding::Header(header))?;
        clusters.into_iter().try_for_each(|cluster| sink.receive(Finding::DocumentCluster(cluster)))?;
        pairs.into_iter().try_for_each(|pair| sink.receive(Finding::DocumentPair(pair)))?;
        matches.into_iter().try_for_each(|found| sink.receive(Finding::PassageMatch(found)))?;
        families.into_iter().try_for_each(|family| sink.receive(Finding::PassageFamily(family)))?;
        contaminations.into_iter().try_for_each(|found| sink.receive(Finding::Contamination(found)))?;
        skipped.into_iter().try_for_each(|skipped| sink.receive(Finding::Skipped(skipped)))?;
        sink.receive(Finding::Summary(summary))
    }

    /// Hands clones of all findings to a sink, in order; one is held at a time.
    ///
    /// # Errors
    ///
    /// If the sink fails.
    pub fn send_clones(&self, sink: &mut dyn Sink) -> Result<()> {
        (0..).map_while(|n| self.nth(n)).try_for_each(|finding| sink.receive(finding))
    }

    /// Returns a clone of the finding at the zero-based place `n` of the stream, if there are so many.
    ///
    /// # Examples
    ///
    /// ```
    /// use doublon::finding::{Finding, Findings};
    ///
    /// let none = Findings::default();
    /// assert!(matches!(none.nth(0), Some(Finding::Header(_))));
    /// assert!(matches!(none.nth(1), Some(Finding::Summary(_))));
    /// assert!(none.nth(2).is_none());
    /// ```
    pub fn nth(&self, n: usize) -> Option<Finding> {
        let Some(mut n) = n.checked_sub(1) else { return Some(Finding::Header(self.header.clone())) };
        of_kind(&self.clusters, Finding::DocumentCluster, &mut n)
            .or_else(|| of_kind(&self.pairs, Finding::DocumentPair, &mut n))
            .or_else(|| of_kind(&self.matches, Finding::PassageMatch, &mut n))
            .or_else(|| of_kind(&self.families, Finding::PassageFamily, &mut n))
            .or_else(|| of_kind(&self.contaminations, Finding::Contamination, &mut n))
            .or_else(|| of_kind(&self.skipped, Finding::Skipped, &mut n))
            .or_else(|| (n == 0).then(|| Finding::Summary(self.summary.clone())))
    }
}

/// Returns the finding at place `n` of those of a kind, or takes their number from `n`.
fn of_kind<T: Clone>(all: &[T], kind: fn(T) -> Finding, n: &mut usize) -> Option<Finding> {
    let found = all.get(*n).cloned().map(kind);
    *n = n.saturating_sub(all.len());
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::finding::samples;

    #[test]
    fn each_finding_has_its_place_in_the_stream() {
        for findings in [samples::everything(), samples::contamination(), samples::nothing(), samples::many(7)] {
            let mut sent = Vec::new();
            findings.clone().send(&mut sent).expect("a list takes all");
            let places: Vec<Finding> = (0..).map_while(|n| findings.nth(n)).collect();
            assert_eq!(places, sent);
            assert_eq!(findings.nth(sent.len()), None);
        }
    }
}
