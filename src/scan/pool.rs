//! Things that are costly to make and that only one thread at a time can use.

use std::sync::{Mutex, PoisonError};

/// Makes as many as are in use at one time, and hands them out again.
pub(crate) struct Pool<F, T> {
    make: F,
    free: Mutex<Vec<T>>,
}

impl<F: Fn() -> T, T> Pool<F, T> {
    pub fn new(make: F) -> Self {
        Self { make, free: Mutex::default() }
    }

    /// Calls `f` with one that no other call uses.
    pub fn with<R>(&self, f: impl FnOnce(&mut T) -> R) -> R {
        let free = || self.free.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = free().pop();
        let mut one = taken.unwrap_or_else(&self.make);
        let result = f(&mut one);
        free().push(one);
        result
    }

    /// Returns all that were made, in no order.
    pub fn into_all(self) -> Vec<T> {
        self.free.into_inner().unwrap_or_else(PoisonError::into_inner)
    }
}
