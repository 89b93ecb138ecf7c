//! Renderings of findings. They read findings only.

pub mod json;
pub mod measure;
pub mod text;
pub mod visible;
