//! Arguments, commands, messages, progress. The only place that prints, reads flags or exits.
