//! Files of which a part is text and the rest tells programs what to do with it: the text, and where each byte of it
//! stands in the file. Pages are in `html`.

mod folder;
#[cfg(feature = "mail")]
mod mail;
mod subtitles;
mod visible;

#[cfg(feature = "mail")]
pub(super) use folder::folder_message;
pub use folder::message_ends;
pub(super) use folder::{is_folder, next_message};
#[cfg(feature = "mail")]
pub use mail::mail;
pub(super) use subtitles::is_timed;
pub use subtitles::subtitles;
pub use visible::{IgnoredMarkup, TITLE_BYTES, Visible};
