//! Fields of records: the paths that name them, and the texts that stand at the end of these.
//!
//! A path is written as keys with dots between them, `page.body`, and passes through lists: `messages[].content` and
//! `messages.content` are the contents of all messages. Brackets choose elements of a list: `messages[0]` the first,
//! `messages[role=user]` those whose `role` is `user`, `[role=user|assistant]` those with either, `[role!=system]` all
//! others. A `?` at the end says that records may lack the field. A key that is spelled as the path, or as several of its
//! steps, goes first: `page.body` may be a key with a dot in it. What is no such path is a key as it is written.
//!
//! A text is a string, a list of strings, or a list of parts that have a string called `text`. Several texts are joined
//! by a paragraph break ([`JoinedText`]), with a map back to the literal of each.

mod joined;
mod json;
mod offers;
mod path;
mod select;
mod suggestion;
mod text;

pub use joined::{JoinedText, TextPiece};
pub(super) use json::{is_object, kind_of, member};
#[cfg(feature = "parquet")]
pub(super) use offers::offers;
pub(super) use path::FieldPath;
pub(super) use select::first_value;
pub use suggestion::COMMON_TEXT_FIELDS;
pub(super) use suggestion::{has_named_text, suggestion};
pub(super) use text::{has_text, texts};
