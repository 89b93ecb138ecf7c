//! Groups of flags, a file each: their names, their help, and the settings that they stand for.
//!
//! A command is made of such groups. What determines a result is not checked here, but once, when a
//! [`Config`](doublon::Config) is built; only the values of other flags are.

mod answer;
mod documents;
mod input;
mod limits;
mod lists;
mod messages;
mod passages;
mod presets;
mod render;
mod resources;
mod resume;
mod run;
mod settings_file;
mod shape;
mod text;
pub mod value;
mod windows;

pub use self::answer::AnswerArgs;
pub use self::input::InputArgs;
pub use self::limits::LimitArgs;
pub use self::lists::{AgainstArgs, ListArgs};
pub use self::messages::MessageArgs;
pub use self::presets::preset_names;
pub use self::render::{RenderArgs, RenderFormat, text_or_json};
pub use self::resources::ResourceArgs;
pub use self::resume::ResumeArgs;
pub use self::run::RunArgs;
pub use self::settings_file::SettingsFileArgs;
pub use self::shape::ShapeArgs;
pub use self::text::TextArgs;
pub use self::value::{refused, share};
pub use self::windows::WindowArgs;
