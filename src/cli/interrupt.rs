//! Signals that ask the program to end: an interrupt (Ctrl-C), a terminal that is closed, a system that goes down.
//!
//! The first one lets the run end where it is, so that what was half written is taken away. The second one, or some seconds in which
//! the run did not come to its end, as where it waits for input, ends the program at once.

use std::sync::OnceLock;
use std::sync::atomic::{AtomicU8, Ordering::Relaxed};

use doublon::scan::Cancel;

/// What a shell gives a program that a signal ended: so much more than the number of the signal.
const SIGNALLED: u8 = 128;

static CANCEL: OnceLock<Cancel> = OnceLock::new();

/// The exit code of the signal that was received; 0 if none was.
static CODE: AtomicU8 = AtomicU8::new(0);

/// Returns what a signal ends.
pub fn cancel() -> Cancel {
    CANCEL.get_or_init(Cancel::default).clone()
}

/// Returns the exit code of a run that a signal ended, if one did.
pub fn code() -> Option<u8> {
    Some(CODE.load(Relaxed)).filter(|&code| code > 0)
}

/// Listens for signals from now on. Where that cannot be, they end the program as they do any other.
pub fn listen() {
    #[cfg(unix)]
    signals::listen();
}

#[cfg(unix)]
mod signals {
    use std::sync::atomic::Ordering::Relaxed;
    use std::thread;
    use std::time::Duration;

    use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
    use signal_hook::iterator::Signals;

    use super::{CODE, SIGNALLED, cancel};

    /// How long a run may take to come to its end.
    const PATIENCE: Duration = Duration::from_secs(5);

    pub fn listen() {
        // What the parent has the program ignore, as `nohup` does, it goes on to ignore.
        let heard = [SIGHUP, SIGINT, SIGTERM].into_iter().filter(|&signal| !is_ignored(signal));
        let Ok(mut signals) = Signals::new(heard) else { return };
        let listen = move || {
            for signal in signals.forever() {
                let code = u8::try_from(signal).map_or(SIGNALLED, |signal| SIGNALLED.saturating_add(signal));
                if CODE.swap(code, Relaxed) > 0 {
                    std::process::exit(code.into());
                }
                cancel().cancel();
                thread::spawn(move || {
                    thread::sleep(PATIENCE);
                    std::process::exit(code.into());
                });
            }
        };
        // Without the thread nobody would hear the signals: then they are not taken either.
        let _ = thread::Builder::new().name("signals".to_owned()).spawn(listen);
    }

    /// Whether a signal is ignored, as far as the system says so.
    fn is_ignored(signal: i32) -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let mask = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let mask = mask.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        mask.is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
    }
}
