//! Carries a plan out: prepares the output, writes the copy with its evidence, and says what was written.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Result, bail};
use doublon::Error;
use doublon::report::text::{bytes, counted};
use doublon::report::visible::visible;
use doublon::rewrite::{
    CleanSummary, CopiedSource, CopySink, CopyTarget, Plan, apply, check, names, removals, sources, staying,
};
use doublon::scan::{Cancel, Progress, RunState};
use doublon::source::{EVIDENCE, NamedCopy, SUMMARY, evidence_beside, named_copy};

use super::say::say;

/// A copy as it was asked for.
#[allow(clippy::struct_excessive_bools)] // each is a flag of its own
pub struct CopyRequest<'a> {
    /// Where it goes; none if nothing is written.
    pub out: Option<&'a Path>,
    pub overwrite: bool,
    /// Whether the plan is only told.
    pub dry_run: bool,
    pub quiet: bool,
    /// Whether nothing may be left of a file.
    pub allow_wipeout: bool,
    /// Where names in the output start from.
    pub roots: &'a [PathBuf],
    /// What ends the run early.
    pub cancel: Cancel,
    /// Where what is finished is noted, if it is.
    pub state: Option<&'a Arc<RunState>>,
}

impl CopyRequest<'_> {
    /// Prepares the output. `only` is the input if there is one alone.
    ///
    /// # Errors
    ///
    /// If nothing can be written there.
    pub fn prepare(&self, inputs: &[PathBuf], only: Option<&PathBuf>) -> Result<Option<CopyTarget>> {
        let Some(out) = self.out.filter(|_| !self.dry_run) else { return Ok(None) };
        let is_folder = out.is_dir() || out.as_os_str().as_encoded_bytes().ends_with(b"/");
        let only = only.filter(|only| !is_folder && only.is_file());
        let shown = out.display();
        let target = match only.map(|only| (only, named_copy(only, out))) {
            Some((only, NamedCopy::Same)) => CopyTarget::prepare_file(out, only, self.overwrite, self.state)?,
            Some((only, NamedCopy::OtherCompression)) => {
                bail!(
                    "{shown}: the copy would be compressed as {} is; give it the same ending, or name a folder",
                    only.display()
                )
            }
            Some((only, NamedCopy::OtherFormat)) => {
                bail!(
                    "{shown}: the copy would have the format of {}; give it the same ending, or name a folder",
                    only.display()
                )
            }
            _ => CopyTarget::prepare(out, inputs, self.overwrite, self.state)?,
        };
        if let Some(told) = target.leftover().told().filter(|_| !self.quiet) {
            say(&format!("{shown}: {told}"));
        }
        Ok(Some(target))
    }

    /// Writes the copy to `target`, or only checks that it could be written. A source that turns out to be damaged is
    /// spared, and all begins anew; `inputs` are the paths that were given.
    ///
    /// # Errors
    ///
    /// If the plan breaks a promise, a source changed, or the copy cannot be written. There is no output then.
    pub fn carry_out(
        &self,
        plan: &mut Plan,
        mut target: Option<CopyTarget>,
        inputs: &[PathBuf],
        meter: &dyn Progress,
    ) -> Result<CleanSummary> {
        let mut copied = self.copy(plan, &mut target, meter);
        while let Err(Error::Damaged { path, detail }) = &copied {
            if !plan.spare(path, detail) {
                break;
            }
            // The output begins anew: what was written rests on a plan that no longer holds.
            drop(target.take());
            target = self.prepare(&with_sources(inputs, plan), only_source(plan))?;
            copied = self.copy(plan, &mut target, meter);
        }
        let copied = copied?;
        let summary = CleanSummary::new(plan, &copied, self.allow_wipeout || self.dry_run)?;
        if let Some(mut target) = target {
            let names = self.copy_names(&copied_paths(plan), Some(&target))?;
            target.write(&Path::new(EVIDENCE).join("sources.jsonl"), |out| sources(plan, &names, &copied, out))?;
            write_evidence(&mut target, plan, &summary)?;
            self.cancel.commit()?;
            target.publish()?;
        }
        Ok(summary)
    }

    /// Says where the copy of a dry run would be.
    ///
    /// # Errors
    ///
    /// If two copies would have one name.
    pub fn told_copy(&self, plan: &Plan) -> Result<String> {
        let Some(out) = self.out else { return Ok("would be written where --out names it".to_owned()) };
        let paths = copied_paths(plan);
        let out = out.display().to_string();
        let only = paths.first().filter(|only| paths.len() == 1 && only.is_file());
        let is_file = only.is_some_and(|only| matches!(named_copy(only, Path::new(&out)), NamedCopy::Same));
        let names = names(&paths, self.roots)?;
        Ok(match names.first() {
            _ if is_file => format!("would be written to {}", visible(&out)),
            Some(first) => {
                let first = Path::new(&out).join(first).display().to_string();
                format!(
                    "would be written to {}, {} from {} on",
                    visible(&out),
                    counted(paths.len() as u64, "file"),
                    visible(&first)
                )
            }
            None => format!("would be written to {}", visible(&out)),
        })
    }

    /// Says what was written.
    pub fn tell_written(&self, summary: &CleanSummary) {
        let Some(out) = self.out.filter(|_| !self.dry_run) else { return };
        let sizes = format!("{} of {}", bytes(summary.bytes_written), bytes(summary.bytes_read));
        let files = counted(summary.files, "file");
        let evidence = if out.is_dir() { PathBuf::from(EVIDENCE) } else { evidence_beside(out) };
        let (out, removed) = (out.display(), evidence.join("removed.jsonl"));
        say(&format!("wrote {files}, {sizes}, to {out}; {} tells what is missing", removed.display()));
    }

    fn copy(
        &self,
        plan: &Plan,
        target: &mut Option<CopyTarget>,
        meter: &dyn Progress,
    ) -> Result<Vec<CopiedSource>, Error> {
        let checked = check(plan)?;
        let names = self.copy_names(&copied_paths(plan), target.as_ref())?;
        meter.phase(if self.dry_run { "checking" } else { "writing" }, Some(total(plan)));
        let sink: &mut dyn CopySink = match target {
            Some(target) => {
                target.begin(plan, &names)?;
                target
            }
            None => &mut (),
        };
        apply(checked, &names, sink, &|read| {
            meter.advance(read);
            self.cancel.check()
        })
    }

    /// Returns the names of copies below the output.
    fn copy_names(&self, paths: &[PathBuf], target: Option<&CopyTarget>) -> Result<Vec<PathBuf>, Error> {
        match target.and_then(CopyTarget::file_name) {
            Some(name) => Ok(vec![name.to_owned(); paths.len()]),
            None => names(paths, self.roots),
        }
    }
}

/// Returns the paths that were given, and those of all sources of a plan.
pub fn with_sources(inputs: &[PathBuf], plan: &Plan) -> Vec<PathBuf> {
    inputs.iter().cloned().chain(plan.sources.iter().map(|planned| planned.source.path.clone())).collect()
}

/// Returns the file of a plan that has one.
pub fn only_source(plan: &Plan) -> Option<&PathBuf> {
    let mut copied = plan.cleaned();
    let only = copied.next().filter(|_| copied.next().is_none())?;
    plan.unread.is_empty().then_some(&only.source.path)
}

/// The paths of what is copied: of the sources that are cleaned, then of the files that were not read.
fn copied_paths(plan: &Plan) -> Vec<PathBuf> {
    let sources = plan.cleaned().map(|planned| planned.source.path.clone());
    sources.chain(plan.unread.iter().map(|file| file.path.clone())).collect()
}

fn total(plan: &Plan) -> u64 {
    plan.cleaned().map(|planned| planned.info.bytes).sum()
}

fn write_evidence(target: &mut CopyTarget, plan: &Plan, summary: &CleanSummary) -> Result<()> {
    let folder = Path::new(EVIDENCE);
    target.write(&folder.join("removed.jsonl"), |out| removals(plan, out))?;
    target.write(&folder.join("staying.jsonl"), |out| staying(plan, out))?;
    target.write(&folder.join(SUMMARY), |mut out| {
        serde_json::to_writer_pretty(&mut out, summary)?;
        out.write_all(b"\n")
    })?;
    Ok(())
}
