//! Progress on standard error: one bar over all phases on a terminal, a line every few seconds elsewhere.
//!
//! Whoever works only adds to counters; a thread of its own looks at them and draws.

use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use doublon::report::text::{bytes, counted, number, percent};
use doublon::scan::forecast::{BYTES_PER_RECORD, Forecast};
use doublon::scan::{Progress, Steps};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use super::args::MessageArgs;
use super::course::{Course, HOLDS_OTHERS};
use super::say::say;

/// Time between two lines.
const INTERVAL: Duration = Duration::from_secs(10);

/// Time between two drawings of the bar.
const TICK: Duration = Duration::from_millis(200);

/// A run that ends within this time shows no bar: it would only flicker.
const PATIENCE: Duration = Duration::from_millis(400);

/// A run has to be so old before the time that is left is told.
const SETTLED: Duration = Duration::from_secs(2);

/// Parts of the bar.
const PARTS: u64 = 1000;

/// Shows how far a run is.
pub struct Meter {
    display: MeterDisplay,
    /// Whether the time of each phase is told.
    times: bool,
    state: Arc<MeterState>,
}

enum MeterDisplay {
    Bar(ProgressBar),
    Lines,
    Nothing,
}

/// State that the working threads share with the one that draws.
struct MeterState {
    start: Instant,
    phase: Mutex<MeterPhase>,
    /// Wakes the thread when the run ends.
    ended: Condvar,
    done: AtomicU64,
    documents: Arc<AtomicU64>,
}

struct MeterPhase {
    /// Empty between two phases.
    name: String,
    total: Option<u64>,
    start: Instant,
    is_last: bool,
    /// Where the comparison of passages counts.
    steps: Option<Arc<Steps>>,
    /// The number of the last step that was seen there.
    step: usize,
    course: Course,
    /// How far the bar is; it never goes back.
    shown: u64,
}

impl MeterPhase {
    fn new(name: &str, total: Option<u64>) -> Self {
        Self {
            name: name.to_owned(),
            total,
            start: Instant::now(),
            is_last: false,
            steps: None,
            step: 0,
            course: Course::default(),
            shown: 0,
        }
    }

    /// Returns the share of the phase, or of the step in it, that is done, if that is known. A step that has begun since
    /// is taken up.
    fn done(&mut self, done: u64, now: Duration) -> Option<f64> {
        if self.name != HOLDS_OTHERS {
            return self.total.filter(|&total| total > 0).map(|total| (done as f64 / total as f64).min(1.0));
        }
        let (step, number, share) = self.steps.as_ref()?.now()?;
        if number != self.step {
            self.step = number;
            self.course.begin(step.name(), now);
        }
        Some(share)
    }
}

impl Meter {
    /// Makes the meter that the flags ask for, on standard error, for a run of this course.
    pub fn of(messages: &MessageArgs, course: Course) -> Self {
        Self::new(messages.quiet || messages.no_progress, io::stderr().is_terminal(), messages.verbose, course)
    }

    /// Makes a meter. `quiet` shows nothing; `times` tells how long each phase took.
    fn new(quiet: bool, is_terminal: bool, times: bool, course: Course) -> Self {
        let state = Arc::new(MeterState {
            start: Instant::now(),
            phase: Mutex::new(MeterPhase { course, ..MeterPhase::new("", None) }),
            ended: Condvar::new(),
            done: AtomicU64::new(0),
            documents: Arc::default(),
        });
        let display = match (quiet, is_terminal) {
            (true, _) => MeterDisplay::Nothing,
            (false, true) => MeterDisplay::Bar(hidden_bar()),
            (false, false) => MeterDisplay::Lines,
        };
        let own = Arc::clone(&state);
        match &display {
            MeterDisplay::Bar(bar) => {
                let bar = bar.clone();
                spawn(move || own.draw(&bar));
            }
            MeterDisplay::Lines => spawn(move || own.write_lines()),
            MeterDisplay::Nothing => {}
        }
        Self { display, times, state }
    }

    /// Ends the last phase and takes the bar away.
    pub fn finish(&self) {
        self.begin("", None, true);
        self.state.ended.notify_all();
        if let MeterDisplay::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }

    fn begin(&self, name: &str, total: Option<u64>, is_last: bool) {
        let mut phase = self.state.phase();
        if self.times && !phase.name.is_empty() {
            self.tell(&format!("{}: {:.2} s", phase.name, phase.start.elapsed().as_secs_f64()));
        }
        self.state.done.store(0, Relaxed);
        self.state.documents.store(0, Relaxed);
        if !name.is_empty() && name != HOLDS_OTHERS {
            phase.course.begin(name, self.state.start.elapsed());
        }
        (phase.name, phase.total, phase.start, phase.is_last) = (name.to_owned(), total, Instant::now(), is_last);
    }

    fn tell(&self, text: &str) {
        match &self.display {
            MeterDisplay::Bar(bar) => bar.suspend(|| say(text)),
            _ => say(text),
        }
    }
}

fn hidden_bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(PARTS), ProgressDrawTarget::hidden());
    // The template is fixed, and the default style does for one that is wrong. No number is better than no bar.
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3}% {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}

/// Where no thread can be had, nothing is shown.
fn spawn(work: impl FnOnce() + Send + 'static) {
    let _ = thread::Builder::new().name("progress".into()).spawn(work);
}

impl Drop for Meter {
    fn drop(&mut self) {
        self.state.phase().is_last = true;
        self.state.ended.notify_all();
    }
}

impl MeterState {
    /// A panic elsewhere may have left the lock poisoned, but it holds no more than a name.
    fn phase(&self) -> MutexGuard<'_, MeterPhase> {
        self.phase.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until the time is over, or the run is.
    fn wait<'a>(&self, phase: MutexGuard<'a, MeterPhase>, time: Duration) -> MutexGuard<'a, MeterPhase> {
        let waited = self.ended.wait_timeout_while(phase, time, |phase| !phase.is_last);
        waited.unwrap_or_else(PoisonError::into_inner).0
    }

    fn draw(&self, bar: &ProgressBar) {
        let mut phase = self.wait(self.phase(), PATIENCE);
        if !phase.is_last {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        }
        while !phase.is_last {
            let told = self.told(&mut phase, false);
            bar.set_position(phase.shown);
            bar.set_message(told);
            phase = self.wait(phase, TICK);
        }
    }

    fn write_lines(&self) {
        let mut phase = self.phase();
        loop {
            phase = self.wait(phase, INTERVAL);
            if phase.is_last {
                return;
            }
            if !phase.name.is_empty() {
                say(&self.told(&mut phase, true));
            }
        }
    }

    /// Returns what is told of the run as it is now.
    fn told(&self, phase: &mut MeterPhase, is_line: bool) -> String {
        let (done, documents, now) = (self.done.load(Relaxed), self.documents.load(Relaxed), self.start.elapsed());
        let share = phase.done(done, now);
        let left = phase.course.left(share, now);
        if let Some(left) = left {
            let run = now.as_secs_f64() / (now + left).as_secs_f64().max(1e-9);
            phase.shown = phase.shown.max((run * PARTS as f64) as u64).min(PARTS * 99 / 100);
        }
        let name = if phase.name == HOLDS_OTHERS && share.is_some() { phase.course.name() } else { &phase.name };
        let told = Told { name, total: phase.total, done, documents, elapsed: phase.start.elapsed(), share };
        let left = left.filter(|_| now >= SETTLED);
        let left = left.map(|left| format!(", {} left", duration(left))).unwrap_or_default();
        let told = if is_line { told.line() } else { told.beside_bar() };
        format!("{told}{left}")
    }
}

impl Progress for Meter {
    fn phase(&self, name: &str, total: Option<u64>) {
        self.begin(name, total, false);
    }

    fn advance(&self, bytes: u64) {
        self.state.done.fetch_add(bytes, Relaxed);
    }

    fn finish(&self) {
        Self::finish(self);
    }

    fn watch(&self, steps: &Arc<Steps>) {
        let mut phase = self.state.phase();
        phase.steps = Some(Arc::clone(steps));
        phase.step = 0;
    }

    fn documents(&self, count: u64) {
        self.state.documents.fetch_add(count, Relaxed);
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

/// What is told of a phase.
struct Told<'a> {
    name: &'a str,
    /// Bytes of the phase, if that is what it counts.
    total: Option<u64>,
    done: u64,
    documents: u64,
    elapsed: Duration,
    /// The share of it that is done.
    share: Option<f64>,
}

impl Told<'_> {
    /// `reading, 1.2 GB of 4.9 GB, 123,456 documents`.
    fn beside_bar(&self) -> String {
        let Self { name, total, done, documents, .. } = self;
        match total {
            Some(total) if *total > 0 => {
                format!("{name}, {} of {}{}", bytes(*done), bytes(*total), also_documents(*documents))
            }
            _ if *done > 0 => format!("{name}, {}{}", bytes(*done), also_documents(*documents)),
            _ => (*name).to_owned(),
        }
    }

    /// `reading: 1.2 GB of 4.9 GB (25%), 123,456 documents, 35.0 MB/s`.
    fn line(&self) -> String {
        let Self { name, total, done, documents, elapsed, share } = self;
        let rate = bytes((*done as f64 / elapsed.as_secs_f64().max(1e-3)) as u64);
        match (total, share) {
            (Some(total), Some(share)) => {
                let (done, total, documents) = (bytes(*done), bytes(*total), also_documents(*documents));
                format!("{name}: {done} of {total} ({}){documents}, {rate}/s", percent(*share))
            }
            (_, Some(share)) => format!("{name}: {}", percent(*share)),
            _ if *done == 0 => format!("{name}: {}", duration(*elapsed)),
            _ => format!("{name}: {}{}, {rate}/s", bytes(*done), also_documents(*documents)),
        }
    }
}

fn also_documents(n: u64) -> String {
    if n == 0 { String::new() } else { format!(", {}", counted(n, "document")) }
}

fn duration(duration: Duration) -> String {
    match duration.as_secs() {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        seconds => format!("{} h {} min", number(seconds / 3600), seconds / 60 % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn meter(quiet: bool, is_terminal: bool) -> Meter {
        Meter::new(quiet, is_terminal, false, Course::of_scan(true))
    }

    #[test]
    fn only_a_terminal_gets_a_bar() {
        assert!(matches!(meter(false, true).display, MeterDisplay::Bar(_)));
        assert!(matches!(meter(false, false).display, MeterDisplay::Lines));
        assert!(matches!(meter(true, true).display, MeterDisplay::Nothing));
    }

    #[test]
    fn a_line_says_how_far_a_phase_is() {
        let told = |total: Option<u64>, done, documents, seconds| {
            let share = total.filter(|&total| total > 0).map(|total| done as f64 / total as f64);
            Told { name: "reading", total, done, documents, elapsed: Duration::from_secs(seconds), share }
        };
        let first = told(Some(4_000_000_000), 1_000_000_000, 12_345, 100);
        assert_eq!(first.line(), "reading: 1.0 GB of 4.0 GB (25%), 12,345 documents, 10.0 MB/s");
        assert_eq!(first.beside_bar(), "reading, 1.0 GB of 4.0 GB, 12,345 documents");
        assert_eq!(told(Some(400), 100, 1, 1).line(), "reading: 100 bytes of 400 bytes (25%), 1 document, 100 bytes/s");
        assert_eq!(told(None, 20_000, 0, 10).line(), "reading: 20.0 kB, 2,000 bytes/s");
        assert_eq!(told(Some(0), 0, 0, 61).line(), "reading: 1 min 1 s");
        assert_eq!(told(None, 0, 0, 7265).line(), "reading: 2 h 1 min");
        assert_eq!(Told { share: Some(0.5), ..told(None, 0, 0, 9) }.line(), "reading: 50%");
    }

    #[test]
    fn the_steps_of_a_scan_move_the_bar_and_it_never_goes_back() {
        let folder = tempfile::tempdir().expect("a folder");
        let text = (0..400).map(|n| format!("word{n}")).collect::<Vec<_>>().join(" ");
        let text = format!("{text}\n\n{text}");
        std::fs::write(folder.path().join("a.txt"), text).expect("is written");
        let meter = meter(true, false);
        let (config, input) = (doublon::Config::default(), doublon::InputOptions::default());
        let resources = doublon::scan::Resources::default();
        doublon::scan::scan(&[folder.path().to_owned()], &config, &input, &resources, &meter).expect("is scanned");
        let mut phase = meter.state.phase();
        assert_eq!(phase.name, HOLDS_OTHERS);
        let told = meter.state.told(&mut phase, true);
        assert_eq!(told, "telling passages: 100%");
        let shown = phase.shown;
        assert!(shown > PARTS / 2, "{shown}");
        phase.total = None;
        phase.course.begin("one that nobody expected", meter.state.start.elapsed());
        meter.state.told(&mut phase, true);
        assert!(phase.shown >= shown);
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
    fn a_phase_begins_at_nothing_and_the_thread_ends_with_the_run() {
        let meter = meter(false, false);
        let shared = Arc::downgrade(&meter.state);
        meter.phase("reading", Some(10));
        meter.advance(3);
        meter.documents(2);
        assert_eq!((meter.state.done.load(Relaxed), meter.state.documents.load(Relaxed)), (3, 2));
        meter.phase("comparing", None);
        assert_eq!((meter.state.done.load(Relaxed), meter.state.documents.load(Relaxed)), (0, 0));
        meter.finish();
        drop(meter);
        let start = Instant::now();
        while shared.strong_count() > 0 {
            assert!(start.elapsed() < Duration::from_secs(5), "the thread goes on");
            thread::sleep(Duration::from_millis(1));
        }
    }
}
