//! What a run comes to, in a few words that all reports for people begin with.

use doublon_core::Level;

use super::text::{counted, number, percent};
use crate::finding::digest::Digest;

/// Returns the finding of the run, as the end of a sentence.
pub fn headline(digest: &Digest) -> String {
    let Digest { header, summary, families, clusters, pairs, .. } = digest;
    let share = percent(digest.repeated.share());
    let compared = compared(digest);
    match (clusters.all == 0, families.all() as u64) {
        _ if compared == 0 => "no document was compared".into(),
        (true, 0) if pairs.all > 0 => {
            format!("{} of documents are alike; all stay", counted(pairs.all as u64, "pair"))
        }
        (true, 0) => match header.parameters.config.level {
            Level::Documents => "no duplicate document was found".into(),
            Level::Passages => {
                format!("no passage of {} words or more is repeated", header.parameters.config.min_words)
            }
            Level::All => "no document and no passage is repeated".into(),
        },
        (true, 1) => format!("one passage stands more than once; {share} of the text is repeated"),
        (true, n) => format!("{} passages stand more than once; {share} of the text is repeated", number(n)),
        (false, _) => {
            let (removed, verb) =
                (number(summary.removed), if summary.removed == 1 { "is a duplicate" } else { "are duplicates" });
            format!("{removed} of {} {verb}; {share} of the text is repeated", counted(compared, "document"))
        }
    }
}

/// Returns how many documents were compared, without those that others were only compared with.
pub fn compared(digest: &Digest) -> u64 {
    let summary = &digest.summary;
    summary.kept.saturating_add(summary.removed).saturating_sub(summary.compared_with())
}
