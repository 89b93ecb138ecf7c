//! From bytes to documents: finding files, reading them in blocks, and parsing blocks into records.
