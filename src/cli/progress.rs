//! Progress on standard error: a bar on a terminal, a line every few seconds elsewhere.

use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::say;
use crate::report::text::{bytes, counted, number, percent};
use crate::scan::Progress;
use crate::scan::forecast::{BYTES_PER_RECORD, Forecast};

/// Time between two lines.
const INTERVAL: Duration = Duration::from_secs(5);

/// Shows how far a run is.
pub struct Meter {
    display: Display,
    /// Whether the time of each phase is told.
    times: bool,
    phase: Mutex<Phase>,
    done: AtomicU64,
    /// Milliseconds since `start` at which the next line is due.
    due: AtomicU64,
    start: Instant,
}

enum Display {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

struct Phase {
    name: String,
    total: Option<u64>,
    start: Instant,
}

impl Meter {
    /// Makes a meter. `quiet` shows nothing; `times` tells how long each phase took.
    pub fn new(quiet: bool, is_terminal: bool, times: bool) -> Self {
        let display = match (quiet, is_terminal) {
            (true, _) => Display::Nothing,
            (false, true) => Display::Bar(ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr_with_hz(10))),
            (false, false) => Display::Lines,
        };
        let start = Instant::now();
        let phase = Mutex::new(Phase { name: String::new(), total: None, start });
        let due = AtomicU64::new(INTERVAL.as_millis() as u64);
        Self { display, times, phase, done: AtomicU64::new(0), due, start }
    }

    /// Ends the last phase and takes the bar away.
    pub fn finish(&self) {
        self.begin(Phase { name: String::new(), total: None, start: Instant::now() });
        if let Display::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }

    fn begin(&self, next: Phase) {
        // A panic elsewhere may have left the lock poisoned, but it holds no more than a name.
        let mut phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
        if self.times && !phase.name.is_empty() {
            self.tell(&format!("{}: {:.2} s", phase.name, phase.start.elapsed().as_secs_f64()));
        }
        self.done.store(0, Relaxed);
        *phase = next;
    }

    fn tell(&self, text: &str) {
        match &self.display {
            Display::Bar(bar) => bar.suspend(|| say(text)),
            _ => say(text),
        }
    }

    fn line_if_due(&self) {
        let now = self.start.elapsed().as_millis() as u64;
        let due = self.due.load(Relaxed);
        let next = now + INTERVAL.as_millis() as u64;
        // Of the threads that see that a line is due, the one that moves the time writes it.
        if now >= due && self.due.compare_exchange(due, next, Relaxed, Relaxed).is_ok() {
            let phase = self.phase.lock().unwrap_or_else(PoisonError::into_inner);
            say(&line(&phase.name, self.done.load(Relaxed), phase.total));
        }
    }
}

impl Progress for Meter {
    fn phase(&self, name: &str, total: Option<u64>) {
        self.begin(Phase { name: name.to_owned(), total, start: Instant::now() });
        if let Display::Bar(bar) = &self.display {
            bar.reset();
            bar.set_style(bar_style(total.is_some()));
            bar.set_length(total.unwrap_or(0));
            bar.set_message(name.to_owned());
        }
    }

    fn advance(&self, amount: u64) {
        match &self.display {
            Display::Bar(bar) => bar.inc(amount),
            Display::Lines => {
                self.done.fetch_add(amount, Relaxed);
                self.line_if_due();
            }
            Display::Nothing => {}
        }
    }

    fn forecast(&self, forecast: &Forecast) {
        if self.times {
            for line in needs(forecast) {
                self.tell(&line);
            }
        }
    }
}

/// A forecast in words.
fn needs(forecast: &Forecast) -> Vec<String> {
    let Forecast { input, documents, bytes_per_document, tables, texts, words, disk, folder } = forecast;
    let more = |amount: u64, what| if amount > 0 { format!(", {} for {what}", bytes(amount)) } else { String::new() };
    let (texts, words) = (more(*texts, "texts"), more(*words, "words"));
    let disk = match disk {
        0 => "nothing".to_owned(),
        &disk => format!("at most about {} in {}", bytes(disk), folder.display()),
    };
    vec![
        format!(
            "input: {}; about {}, if records have {} bytes on the average",
            bytes(*input),
            counted(*documents, "document"),
            number(BYTES_PER_RECORD)
        ),
        format!(
            "memory: then at most about {} for tables ({bytes_per_document} bytes a document){texts}{words}, beside what is \
             read and compared at the time",
            bytes(*tables)
        ),
        format!("disk: then {disk}"),
    ]
}

fn bar_style(total_is_known: bool) -> ProgressStyle {
    let template = if total_is_known {
        "{msg:12} {wide_bar} {human_pos} of {human_len}, {rate}, {eta} left"
    } else {
        "{msg:12} {spinner} {human_pos}, {rate}"
    };
    // The templates are fixed, and the default style does for one that is wrong.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    style.with_key("rate", |state: &ProgressState, out: &mut dyn std::fmt::Write| {
        let _ = write!(out, "{}/s", number(state.per_sec() as u64)); // no rate is better than no bar
    })
}

fn line(phase: &str, done: u64, total: Option<u64>) -> String {
    match total {
        Some(total) if total > 0 => {
            format!("{phase}: {} of {} ({})", number(done), number(total), percent(done as f64 / total as f64))
        }
        _ => format!("{phase}: {}", number(done)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_terminal_gets_a_bar() {
        assert!(matches!(Meter::new(false, true, false).display, Display::Bar(_)));
        assert!(matches!(Meter::new(false, false, false).display, Display::Lines));
        assert!(matches!(Meter::new(true, true, false).display, Display::Nothing));
    }

    #[test]
    fn a_line_says_how_far_a_phase_is() {
        assert_eq!(line("reading", 1234, Some(4936)), "reading: 1,234 of 4,936 (25%)");
        assert_eq!(line("reading", 1234, None), "reading: 1,234");
        assert_eq!(line("reading", 0, Some(0)), "reading: 0");
    }

    #[test]
    fn a_forecast_says_what_it_counts() {
        let forecast = Forecast {
            input: 250_000_000,
            documents: 83_334,
            bytes_per_document: 160,
            tables: 13_333_440,
            texts: 0,
            words: 0,
            disk: 0,
            folder: "scratch".into(),
        };
        let expected = [
            "input: 250.0 MB; about 83,334 documents, if records have 3,000 bytes on the average",
            "memory: then at most about 13.3 MB for tables (160 bytes a document), beside what is read and compared at the \
             time",
            "disk: then nothing",
        ];
        assert_eq!(needs(&forecast), expected);
        let more = needs(&Forecast { texts: 250_000_000, words: 166_666_668, disk: 13_333_440, ..forecast });
        assert!(
            more[1]
                .contains("13.3 MB for tables (160 bytes a document), 250.0 MB for texts, 166.7 MB for words, beside"),
            "{more:?}"
        );
        assert_eq!(more[2], "disk: then at most about 13.3 MB in scratch");
    }

    #[test]
    fn a_line_is_due_once_an_interval() {
        let meter = Meter::new(false, false, false);
        meter.phase("reading", Some(10));
        meter.advance(3);
        assert_eq!(meter.due.load(Relaxed), 5000);
        meter.due.store(0, Relaxed);
        meter.advance(4);
        assert!(meter.due.load(Relaxed) >= 5000);
        assert_eq!(meter.done.load(Relaxed), 7);
        meter.phase("comparing", None);
        assert_eq!(meter.done.load(Relaxed), 0);
    }
}
