//! Work in a thread of its own, while the calling thread listens to signals and tells how far it is.

use std::any::Any;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering::Relaxed};
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use doublon::scan::{Cancel, Progress, Steps};
use pyo3::prelude::*;
use pyo3::types::PyBool;

use crate::errors::{Failure, Result};

/// How often signals are looked for.
const TICK: Duration = Duration::from_millis(40);

/// How far work is, as its threads tell.
#[derive(Default)]
pub struct Watch {
    phase: Mutex<(String, Option<u64>)>,
    done: AtomicU64,
    documents: AtomicU64,
    steps: Mutex<Option<Arc<Steps>>>,
}

impl Progress for Watch {
    fn phase(&self, name: &str, total: Option<u64>) {
        *self.phase.lock().unwrap_or_else(PoisonError::into_inner) = (name.to_owned(), total);
        self.done.store(0, Relaxed);
    }

    fn advance(&self, bytes: u64) {
        self.done.fetch_add(bytes, Relaxed);
    }

    fn documents(&self, count: u64) {
        self.documents.fetch_add(count, Relaxed);
    }

    fn watch(&self, steps: &Arc<Steps>) {
        *self.steps.lock().unwrap_or_else(PoisonError::into_inner) = Some(steps.clone());
    }
}

impl Watch {
    /// Returns the phase, the share of it that is done, and the number of documents that were read.
    fn now(&self) -> (String, Option<f64>, u64) {
        let (phase, total) = self.phase.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let steps = self.steps.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let documents = self.documents.load(Relaxed);
        let step = steps.and_then(|steps| steps.now()).filter(|_| phase == "comparing passages");
        if let Some((step, _, share)) = step {
            return (step.name().to_owned(), Some(share), documents);
        }
        let done = self.done.load(Relaxed);
        (phase, total.map(|total| (done as f64 / total.max(1) as f64).min(1.0)), documents)
    }
}

/// What work is given: whom it tells, and who ends it.
#[derive(Clone, Default)]
pub struct Terms {
    /// Is told how far it is.
    pub watch: Arc<Watch>,
    /// Ends it.
    pub cancel: Cancel,
}

/// What was given as `progress`.
pub type Given<'a, 'py> = Option<&'a Bound<'py, PyAny>>;

/// Does work in a thread of its own. An interrupt ends it: the exception is raised at once, and the thread ends when it
/// comes to the end of a piece of work. `progress` is called with how far it is, or `True` for a bar.
pub fn run<T: Send + 'static>(
    py: Python<'_>,
    progress: Given<'_, '_>,
    terms: &Terms,
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> PyResult<T> {
    let listener = Listener::new(py, progress)?;
    let (send, mut results) = channel();
    let work = move || {
        // Nobody may be there any more to receive it.
        let _ = send.send(catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|panic| Err(panicked(panic.as_ref()))));
    };
    thread::Builder::new().name("doublon".to_owned()).spawn(work)?;
    let done = loop {
        let (result, rest) = py.detach(move || (results.recv_timeout(TICK), results));
        results = rest;
        match result {
            Ok(result) => break result,
            Err(RecvTimeoutError::Disconnected) => {
                break Err(Failure::Other("the work ended without a result".to_owned()));
            }
            Err(RecvTimeoutError::Timeout) => {
                if let Err(error) = py.check_signals().and_then(|()| listener.tell(&terms.watch)) {
                    end(py, &terms.cancel, results);
                    listener.close()?;
                    return Err(error);
                }
            }
        }
    };
    if done.is_ok() {
        listener.tell(&terms.watch)?;
    }
    listener.close()?;
    done.map_err(|failure| failure.raise(py))
}

/// Ends work, or waits for its end if its result counts already.
fn end<T: Send>(py: Python<'_>, cancel: &Cancel, results: Receiver<T>) {
    if !cancel.cancel() {
        py.detach(move || drop(results.recv()));
    }
}

fn panicked(panic: &(dyn Any + Send)) -> Failure {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    let said = text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("it did not say why");
    Failure::Other(format!("doublon failed ({said}); please report this as a bug"))
}

/// Is told how far work is.
struct Listener<'py> {
    call: Option<Bound<'py, PyAny>>,
    /// Whether it was made here.
    is_bar: bool,
    make: Option<Bound<'py, PyAny>>,
}

impl<'py> Listener<'py> {
    fn new(py: Python<'py>, progress: Option<&Bound<'py, PyAny>>) -> PyResult<Self> {
        let wanted = |progress: &&Bound<'py, PyAny>| progress.is_truthy().unwrap_or(true);
        let Some(progress) = progress.filter(wanted) else {
            return Ok(Self { call: None, is_bar: false, make: None });
        };
        let module = py.import("doublon._progress")?;
        let is_bar = progress.is_instance_of::<PyBool>();
        let call = if is_bar { module.getattr("Bar")?.call0()? } else { progress.clone() };
        Ok(Self { call: Some(call), is_bar, make: Some(module.getattr("Progress")?) })
    }

    fn tell(&self, watch: &Watch) -> PyResult<()> {
        if let (Some(call), Some(make)) = (&self.call, &self.make) {
            call.call1((make.call1(watch.now())?,))?;
        }
        Ok(())
    }

    fn close(&self) -> PyResult<()> {
        match self.call.as_ref().filter(|_| self.is_bar) {
            Some(bar) => bar.call_method0("close").map(drop),
            None => Ok(()),
        }
    }
}
