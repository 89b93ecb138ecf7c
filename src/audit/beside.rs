//! P1 and P4: the inputs beside their copies, record by record.

use std::collections::BTreeMap;
use std::path::Path;

use super::evidence::{CopiedFile, Evidence, Place};
use super::fault::{Faults, Promise};
use super::kept::check_same;
use super::origins::Origins;
use super::records::Records;
use super::removed::Meter;
use crate::error::Result;
use crate::source::{Compression, Record, SourceOptions};

/// Where what a copy holds stands in the inputs.
#[derive(Default)]
pub(super) struct Copies {
    /// For each source, from which record of the copy on which record of the input stands there.
    pub records: Vec<Vec<(u64, u64)>>,
    /// The documents that were cut.
    pub cut: BTreeMap<Place, Origins>,
    /// Documents that were read.
    pub documents: u64,
}

impl Copies {
    /// Returns the record of the input that stands at a record of the copy.
    pub fn original(&self, source: usize, record: u64) -> u64 {
        let steps = &self.records[source];
        let after = steps.partition_point(|step| step.0 <= record);
        after.checked_sub(1).map_or(record, |n| steps[n].1 + (record - steps[n].0))
    }
}

/// Reads inputs and copies.
pub(super) struct Beside<'a> {
    pub evidence: &'a Evidence,
    pub out: &'a Path,
    pub options: &'a SourceOptions,
    pub meter: Meter<'a>,
    pub copies: Copies,
}

impl Beside<'_> {
    /// Compares a source with its copy, and measures what was removed from it. One that others were only compared with has
    /// no copy.
    pub fn source(&mut self, number: usize, faults: &mut Faults) -> Result<()> {
        let file @ CopiedFile { info, .. } = &self.evidence.sources[number];
        if info.against {
            self.copies.records.push(Vec::new());
            return Ok(());
        }
        let mut input = Records::open(&info.to_path()?, self.options)?;
        let mut copy = file.copy()?.map(|copy| Records::open(&self.out.join(copy), self.options)).transpose()?;
        let (mut steps, mut lost): (Vec<(u64, u64)>, _) = (Vec::new(), Vec::new());
        while let Some(record) = input.next()? {
            let place = (number, record.record);
            self.copies.documents += 1;
            self.meter.cuts(place, &record.text, faults);
            if let Some(gone) = self.evidence.documents.get(&place) {
                self.meter.document(place, gone, &record.text, faults);
                if !self.evidence.settings.marks_documents() {
                    continue;
                }
            }
            let Some(copied) = copy.as_mut().map_or(Ok(None), Records::next)? else {
                lost.push(record.record);
                continue;
            };
            let follows = |&(from, at): &(u64, u64)| copied.record.wrapping_sub(from) == record.record.wrapping_sub(at);
            if !steps.last().is_some_and(follows) {
                steps.push((copied.record, record.record));
            }
            self.record(place, &record, &copied, faults);
        }
        self.copies.records.push(steps);
        if let Some(first) = lost.first() {
            let detail =
                format!("{} records are not in the copy, and nothing tells why; the first is {first}", lost.len());
            faults.add(Promise::P4, info.path.clone(), detail);
        }
        let skipped = input.skipped;
        check_same(&input.finish()?, info, faults);
        copy.map_or(Ok(()), |copy| self.rest(number, copy, skipped, faults))
    }

    /// Checks a document that stays.
    fn record(&mut self, place: Place, record: &Record, copied: &Record, faults: &mut Faults) {
        let is_cut = self.evidence.settings.passages == "cut";
        let cuts = if is_cut { self.evidence.cuts_of(place) } else { &[] };
        if cuts.is_empty() {
            if copied.text != record.text {
                faults.add(
                    Promise::P4,
                    self.evidence.name(place),
                    "has another text in the copy, though nothing was cut",
                );
            }
            return;
        }
        match Origins::of(&record.text, cuts, &copied.text) {
            Some(origins) => drop(self.copies.cut.insert(place, origins)),
            None => faults.add(Promise::P4, self.evidence.name(place), "is not its text without its cuts in the copy"),
        }
    }

    /// Checks what a copy has beyond the last document that it should have.
    fn rest(&self, number: usize, mut copy: Records, skipped: u64, faults: &mut Faults) -> Result<()> {
        let path = self.evidence.sources[number].info.path.clone();
        if let Some(more) = copy.next()? {
            faults.add(
                Promise::P4,
                path.clone(),
                format!("its copy has more than it should, from record {} on", more.record),
            );
        }
        while copy.next()?.is_some() {}
        let copy_skipped = copy.skipped;
        if copy_skipped != skipped {
            let detail = format!("has {skipped} records that are no documents, and its copy {copy_skipped}");
            faults.add(Promise::P4, path.clone(), detail);
        }
        let is_same = copy.finish()?.xxh3_128 == self.evidence.sources[number].info.xxh3_128;
        if self.is_stored(number)? && !is_same {
            let detail = "nothing of it was taken out or changed, and its copy has other bytes";
            faults.add(Promise::P4, path, detail);
        }
        Ok(())
    }

    /// Whether the copy of a source must have its bytes.
    fn is_stored(&self, number: usize) -> Result<bool> {
        let (evidence, all) = (self.evidence, (number, 0)..=(number, u64::MAX));
        let is_changed =
            evidence.documents.range(all.clone()).next().is_some() || evidence.cuts.range(all).next().is_some();
        let file = &evidence.sources[number];
        let compressions = [Some(file.info.to_path()?), file.copy()?].map(|path| Compression::by_ending(&path?));
        Ok(!is_changed && !evidence.settings.adds_fields() && compressions[0] == compressions[1])
    }
}
