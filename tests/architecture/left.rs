//! What breaks the plan still. The lists may only shrink: an entry that holds no more fails the checks too.

/// Files with the room above them, or beside them, that they use.
pub const ARROWS: &[(&str, &str)] = &[];

/// Files that use each other, directly or through others.
pub const CIRCLES: &[&[&str]] = &[];

/// Files of the core that use each other, directly or through others.
pub const CIRCLES_OF_CORE: &[&[&str]] = &[];

/// Types of a `mod.rs` that a file of its folder uses.
pub const TYPES: &[(&str, &str)] = &[];
