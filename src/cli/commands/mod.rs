//! The commands, a file each: its arguments, and a function `run`.

pub mod clean;
pub mod compare;
pub mod completions;
pub mod config;
pub mod decontaminate;
pub mod explain;
pub mod index;
pub mod man;
pub mod params;
pub mod report;
pub mod scan;
pub mod schema;
pub mod stats;
pub mod verify;
