//! Looking closely: two documents compared, a finding explained, settings tried out.

pub mod compare;
pub mod explain;
pub mod simulate;
pub mod single;
