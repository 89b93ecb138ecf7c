//! Progress on standard error: a bar on a terminal, a line every few seconds elsewhere.

use std::fmt::Write;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use doublon::report::text::{bytes, counted, number, percent};
use doublon::scan::Progress;
use doublon::scan::forecast::{BYTES_PER_RECORD, Forecast};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressState, ProgressStyle};

use super::args::MessageArgs;
use super::say::say;

/// Time between two lines.
const INTERVAL: Duration = Duration::from_secs(10);

/// A run that ends within this time shows no bar: it would only flicker.
const PATIENCE: Duration = Duration::from_millis(400);

/// A phase has to be so old before the time that is left is told.
const SETTLED: Duration = Duration::from_secs(2);

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

/// State that the working threads share with the one that writes lines.
struct MeterState {
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
}

impl MeterPhase {
    fn new(name: &str, total: Option<u64>) -> Self {
        Self { name: name.to_owned(), total, start: Instant::now(), is_last: false }
    }
}

impl Meter {
    /// Makes the meter that the flags ask for, on standard error.
    pub fn of(messages: &MessageArgs) -> Self {
        Self::new(messages.quiet || messages.no_progress, io::stderr().is_terminal(), messages.verbose)
    }

    /// Makes a meter. `quiet` shows nothing; `times` tells how long each phase took.
    fn new(quiet: bool, is_terminal: bool, times: bool) -> Self {
        let state = Arc::new(MeterState {
            phase: Mutex::new(MeterPhase::new("", None)),
            ended: Condvar::new(),
            done: AtomicU64::new(0),
            documents: Arc::default(),
        });
        let display = match (quiet, is_terminal) {
            (true, _) => MeterDisplay::Nothing,
            (false, true) => MeterDisplay::Bar(ProgressBar::with_draw_target(None, ProgressDrawTarget::hidden())),
            (false, false) => MeterDisplay::Lines,
        };
        let own = Arc::clone(&state);
        match &display {
            MeterDisplay::Bar(bar) => {
                let bar = bar.clone();
                spawn(move || own.show_later(&bar));
            }
            MeterDisplay::Lines => spawn(move || own.write_lines()),
            MeterDisplay::Nothing => {}
        }
        Self { display, times, state }
    }

    /// Ends the last phase and takes the bar away.
    pub fn finish(&self) {
        self.begin(MeterPhase { is_last: true, ..MeterPhase::new("", None) });
        self.state.ended.notify_all();
        if let MeterDisplay::Bar(bar) = &self.display {
            bar.finish_and_clear();
        }
    }

    fn begin(&self, next: MeterPhase) {
        let mut phase = self.state.phase();
        if self.times && !phase.name.is_empty() {
            self.tell(&format!("{}: {:.2} s", phase.name, phase.start.elapsed().as_secs_f64()));
        }
        self.state.done.store(0, Relaxed);
        self.state.documents.store(0, Relaxed);
        *phase = next;
    }

    fn tell(&self, text: &str) {
        match &self.display {
            MeterDisplay::Bar(bar) => bar.suspend(|| say(text)),
            _ => say(text),
        }
    }
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

    fn show_later(&self, bar: &ProgressBar) {
        if !self.wait(self.phase(), PATIENCE).is_last {
            bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
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
                let (done, documents) = (self.done.load(Relaxed), self.documents.load(Relaxed));
                say(&line(&phase, done, documents, phase.start.elapsed()));
            }
        }
    }
}

impl Progress for Meter {
    fn phase(&self, name: &str, total: Option<u64>) {
        self.begin(MeterPhase::new(name, total));
        if let MeterDisplay::Bar(bar) = &self.display {
            bar.reset();
            bar.set_style(bar_style(total.is_some(), &self.state.documents));
            bar.set_length(total.unwrap_or(0));
            bar.set_message(name.to_owned());
            // A phase that does not say how far it is shows at least that it is alive.
            bar.enable_steady_tick(Duration::from_millis(200));
        }
    }

    fn advance(&self, bytes: u64) {
        self.state.done.fetch_add(bytes, Relaxed);
        if let MeterDisplay::Bar(bar) = &self.display {
            bar.inc(bytes);
        }
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

fn bar_style(total_is_known: bool, documents: &Arc<AtomicU64>) -> ProgressStyle {
    let template = if total_is_known {
        "{msg} {wide_bar} {done}{documents}, {rate}{left}"
    } else {
        "{msg} {spinner} {elapsed}{some}"
    };
    // The templates are fixed, and the default style does for one that is wrong. No number is better than no bar.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    let documents = Arc::clone(documents);
    style
        .with_key("done", |state: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{} of {}", bytes(state.pos()), bytes(state.len().unwrap_or(0)));
        })
        .with_key("some", |state: &ProgressState, out: &mut dyn Write| {
            let _ = if state.pos() > 0 { write!(out, ", {}", bytes(state.pos())) } else { Ok(()) };
        })
        .with_key("documents", move |_: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{}", also_documents(documents.load(Relaxed)));
        })
        .with_key("rate", |state: &ProgressState, out: &mut dyn Write| {
            let _ = write!(out, "{}/s", bytes(state.per_sec() as u64));
        })
        .with_key("left", |state: &ProgressState, out: &mut dyn Write| {
            let _ = if state.elapsed() < SETTLED { Ok(()) } else { write!(out, ", {} left", duration(state.eta())) };
        })
}

/// `reading: 1.2 GB of 4.9 GB (25%), 123,456 documents, 35.0 MB/s, 1 min 40 s left`.
fn line(phase: &MeterPhase, done: u64, documents: u64, elapsed: Duration) -> String {
    let name = &phase.name;
    let rate = done as f64 / elapsed.as_secs_f64().max(1e-3);
    match phase.total {
        Some(total) if total > 0 => {
            let share = percent(done as f64 / total as f64);
            let left = Duration::from_secs_f64((total.saturating_sub(done) as f64 / rate.max(1.0)).min(1e9));
            let left = if elapsed < SETTLED { String::new() } else { format!(", {} left", duration(left)) };
            let (done, total, documents) = (bytes(done), bytes(total), also_documents(documents));
            format!("{name}: {done} of {total} ({share}){documents}, {}/s{left}", bytes(rate as u64))
        }
        _ if done == 0 => format!("{name}: {}", duration(elapsed)),
        _ => format!("{name}: {}{}, {}/s", bytes(done), also_documents(documents), bytes(rate as u64)),
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

    #[test]
    fn only_a_terminal_gets_a_bar() {
        assert!(matches!(Meter::new(false, true, false).display, MeterDisplay::Bar(_)));
        assert!(matches!(Meter::new(false, false, false).display, MeterDisplay::Lines));
        assert!(matches!(Meter::new(true, true, false).display, MeterDisplay::Nothing));
    }

    #[test]
    fn a_line_says_how_far_a_phase_is_and_how_long_it_will_take() {
        let told = |total, done, documents, seconds| {
            line(&MeterPhase::new("reading", total), done, documents, Duration::from_secs(seconds))
        };
        let expected = "reading: 1.0 GB of 4.0 GB (25%), 12,345 documents, 10.0 MB/s, 5 min 0 s left";
        assert_eq!(told(Some(4_000_000_000), 1_000_000_000, 12_345, 100), expected);
        assert_eq!(told(Some(400), 100, 1, 1), "reading: 100 bytes of 400 bytes (25%), 1 document, 100 bytes/s");
        assert_eq!(told(None, 20_000, 0, 10), "reading: 20.0 kB, 2,000 bytes/s");
        assert_eq!(told(Some(0), 0, 0, 61), "reading: 1 min 1 s");
        assert_eq!(told(None, 0, 0, 7265), "reading: 2 h 1 min");
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
        let meter = Meter::new(false, false, false);
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
