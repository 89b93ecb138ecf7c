//! Proves what a clean copy promises, from the inputs, the copy and its evidence, by code that does not know how the
//! copy was planned.
//!
//! The inputs are read twice: first for what stays, of which the words are held (8 bytes a word of the kept places and of
//! the kept documents), then beside the copy, record by record. What repeats in the copy is found by a scan of it.

mod beside;
mod contaminated;
mod evidence;
mod fault;
mod indexed;
mod kept;
mod origins;
mod records;
mod removed;
mod repeats;
mod run;

pub use fault::{Fault, Promise};
pub use run::{Audit, audit};
