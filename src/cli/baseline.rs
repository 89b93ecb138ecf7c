//! `--baseline`: marks the findings that an earlier run did not have, so that only these count.

use std::path::Path;

use anyhow::{Context, Result};
use doublon::finding::{Baseline, Parameters};

use super::saved::send_findings;
use super::say::say;

/// Reads earlier findings. It is done before the scan, so that a wrong file costs no time.
///
/// # Errors
///
/// When the file cannot be read, or holds no findings.
pub fn load(path: Option<&Path>, parameters: &Parameters) -> Result<Option<Baseline>> {
    let Some(path) = path else { return Ok(None) };
    let mut baseline = Baseline::default();
    send_findings(path, &mut baseline).context("--baseline")?;
    if !is_comparable(baseline.parameters(), parameters) {
        say(&format!(
            "warning: the baseline {} was made with other settings, so that more may seem new than is",
            path.display()
        ));
    }
    Ok(Some(baseline))
}

/// Returns whether runs with these settings find the same repeats, so that their findings can be compared.
fn is_comparable(a: &Parameters, b: &Parameters) -> bool {
    let thresholds = |p: &Parameters| {
        [p.config.threshold, p.config.containment.unwrap_or(0.0), p.config.min_identity].map(f64::to_bits)
    };
    let texts = |p: &Parameters| {
        (p.config.level, p.config.text, p.config.seed, p.config.scope, p.config.min_words, p.config.inside_duplicates)
    };
    thresholds(a) == thresholds(b) && texts(a) == texts(b) && a.config.keep == b.config.keep
}

#[cfg(test)]
mod tests {
    use doublon_core::{Builder, Config};

    use super::*;

    fn of(builder: Builder) -> Parameters {
        Parameters { config: builder.build().expect("valid"), ..Parameters::default() }
    }

    #[test]
    fn settings_that_find_other_things_are_told() {
        let parameters = Parameters::default();
        assert!(is_comparable(&parameters, &of(Config::builder().pairs(true))));
        assert!(!is_comparable(&parameters, &of(Config::builder().min_words(9))));
        assert!(!is_comparable(&parameters, &of(Config::builder().threshold(0.7))));
    }
}
