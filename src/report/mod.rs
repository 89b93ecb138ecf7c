//! Renderings of findings. They read findings only.
