//! The text of a web page that a reader sees, with the place of every byte of it in the page.
//!
//! What is text follows the HTML standard as a browser does that runs scripts and knows no style sheet: tags, comments,
//! `script`, `style`, `template`, `noscript`, fallbacks (`video`, `canvas`, `iframe`), the contents of text fields and
//! the `title`, which is no part of the page itself, are no text. Neither is what is hidden by the attribute `hidden`,
//! an inline `display:none` or `visibility:hidden`, or a `dialog` that is not open; but a whole page that is hidden so
//! waits for a script to show it. The choices of a `select`, closed `details`, the text of drawings and `noframes` are
//! text. Pages that begin with `<?xml` may hold text in `<![CDATA[`.
//!
//! White space is collapsed except in `pre`. A block is a paragraph with blank lines around it; items and table rows
//! are lines, cells are set apart by tabs.
//!
//! It costs one pass of a tokenizer (the WHATWG state machine by `html5gum`) and no tree, so neither depth nor broken
//! markup changes the cost, which is linear.

#[cfg(feature = "article")]
mod article;
mod flow;
mod open;
mod page;
mod tag;
mod visible;

#[cfg(feature = "article")]
pub use article::article;
pub use visible::visible;
