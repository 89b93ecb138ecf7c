//! Settings that are not on the command line: `doublon.toml`, and variables of the environment.
//!
//! A key is the name of a flag, and its value becomes the default of that flag, so that all that is said of flags holds
//! for it and the command line goes before it. Flags go before variables, variables before the file, and the file before
//! the defaults of the program. In the file, what stands in the section of a command goes before what stands above.
//!
//! The file is looked for in the current folder and those above it, never in what is scanned. No command is known here
//! by its type: everything works on the definition of the command line.

mod defaults;
mod file;
mod flags;
mod names;
mod precedence;
mod resolve;

pub use self::defaults::{FlagDefault, place_of};
pub use self::file::nearest_settings;
pub use self::flags::{is_switch, settable_flags, takes_several};
pub use self::names::{nearest, set_variables};
pub use self::resolve::{CommandLineError, Resolved, for_units, resolve};
