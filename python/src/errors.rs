//! What can go wrong, as exceptions of the package: `doublon.Error` and those that are such.

use doublon::Error;
use doublon::cli::named::SettingError;
use pyo3::exceptions::PyTypeError;
use pyo3::prelude::*;

/// Why work was not done.
#[derive(Debug)]
pub enum Failure {
    /// A setting is wrong.
    Setting(String),
    /// Input could not be read.
    Input(String),
    /// Input is no longer what it was.
    Changed(String),
    /// Data is of a type that is not taken.
    Type(String),
    /// Anything else.
    Other(String),
}

impl Failure {
    /// Returns the exception, of the class that the package has for it.
    pub fn raise(self, py: Python<'_>) -> PyErr {
        let (class, message) = match self {
            Self::Type(message) => return PyTypeError::new_err(message),
            Self::Setting(message) => ("SettingError", message),
            Self::Input(message) => ("InputError", message),
            Self::Changed(message) => ("ChangedError", message),
            Self::Other(message) => ("Error", message),
        };
        let made = py.import("doublon._errors").and_then(|errors| errors.getattr(class)?.call1((message,)));
        made.map_or_else(|error| error, PyErr::from_value)
    }

    fn of(error: &Error, message: String) -> Self {
        match error {
            Error::Core(_) | Error::Threads { .. } => Self::Setting(message),
            Error::Io { .. } | Error::Missing { .. } | Error::Findings { .. } | Error::Damaged { .. } => {
                Self::Input(message)
            }
            Error::Changed { .. } => Self::Changed(message),
            _ => Self::Other(message),
        }
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        let message = match &error {
            Error::Core(doublon::core::Error::Parameter { name, value, expected }) => {
                format!("{} is {value}, but it must be {expected}", name.replace('-', "_"))
            }
            other => other.to_string(),
        };
        Self::of(&error, message)
    }
}

impl From<anyhow::Error> for Failure {
    fn from(error: anyhow::Error) -> Self {
        let error = match error.downcast::<Error>() {
            Ok(error) => return error.into(),
            Err(error) => error,
        };
        let message = format!("{error:#}");
        if error.is::<SettingError>() {
            return Self::Setting(message);
        }
        match error.downcast_ref::<Error>() {
            Some(known) => Self::of(known, message),
            None if error.is::<std::io::Error>() => Self::Input(message),
            None => Self::Other(message),
        }
    }
}

/// What work gives.
pub type Result<T> = std::result::Result<T, Failure>;
