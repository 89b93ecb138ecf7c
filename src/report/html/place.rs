//! Where the sources of a run lie: what its page calls it, and what a command reads to act on the same.

use std::borrow::Cow;

use crate::report::shell::quoted;
use crate::report::text::counted;
use crate::report::visible::visible;

/// The innermost folder in which all sources lie, or the only source.
pub struct CommonPlace<'a> {
    /// Empty if there is none.
    pub path: &'a str,
    sources: u64,
}

impl<'a> CommonPlace<'a> {
    /// Finds it for the paths of all sources.
    pub fn of(mut paths: impl Iterator<Item = &'a str>) -> Self {
        let Some(first) = paths.next() else { return Self { path: "", sources: 0 } };
        let (mut path, mut sources) = (first, 1);
        for other in paths {
            sources += 1;
            if !is_in(other, path) {
                path = common_folder(path, other);
            }
        }
        Self { path, sources }
    }

    /// Returns what the run is called: the folder, the file, or how many files there are.
    pub fn name(&self) -> String {
        match self.path {
            "" if self.sources == 0 => "no file".into(),
            "" => counted(self.sources, "file"),
            "-" => "standard input".into(),
            path => visible(&shortened(path)).into_owned(),
        }
    }

    /// Returns a path as it stands below the folder.
    pub fn below<'p>(&self, path: &'p str) -> &'p str {
        match path.strip_prefix(self.path) {
            Some("") => file_name(path),
            Some(rest) if !self.path.is_empty() => rest.trim_start_matches('/'),
            _ => path,
        }
    }

    /// Returns the arguments with which a command reads the same, those of `input` or the place itself, and a name for its
    /// copy.
    pub fn command(&self, input: Option<&PageInput>) -> Option<(String, String)> {
        let name = match file_name(self.path.trim_end_matches('/')) {
            "" | "-" | "." | ".." => "doublon",
            name => name,
        };
        let copy = || quoted(&format!("{name}.clean"));
        let (arguments, copy) = match (input, self.path) {
            (Some(input), _) => (input.arguments.clone(), input.copy.clone().unwrap_or_else(copy)),
            (None, "" | "-") => return None,
            (None, path) => (quoted(path), copy()),
        };
        Some((visible(&arguments).into_owned(), visible(&copy).into_owned()))
    }
}

/// Arguments of a command as a shell takes them, with which it reads the same input in the same way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageInput {
    /// All of them.
    pub arguments: String,
    /// A name for a clean copy, if it does not follow from where the sources lie.
    pub copy: Option<String>,
}

/// Characters of a path that is shown whole in a line of its own.
const WHOLE: usize = 40;

/// Returns the end of a long path.
fn shortened(path: &str) -> Cow<'_, str> {
    let slash = path.trim_end_matches('/').rmatch_indices('/').nth(1).map(|(slash, _)| slash);
    match slash.filter(|_| path.chars().count() > WHOLE) {
        Some(slash) => format!("…{}", &path[slash..]).into(),
        None => path.into(),
    }
}

fn file_name(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}

/// Returns whether a path is a folder, or something in it.
fn is_in(path: &str, folder: &str) -> bool {
    path.strip_prefix(folder).is_some_and(|rest| rest.is_empty() || folder.ends_with('/') || rest.starts_with('/'))
}

/// Returns the longest folder that both paths start with, without a slash at its end unless that is all of it.
fn common_folder<'a>(a: &'a str, b: &str) -> &'a str {
    let common = a.bytes().zip(b.bytes()).take_while(|(x, y)| x == y).count();
    match a.as_bytes()[..common].iter().rposition(|&byte| byte == b'/') {
        Some(0) => "/",
        Some(slash) => &a[..slash],
        None => "",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place<'a>(paths: &[&'a str]) -> &'a str {
        CommonPlace::of(paths.iter().copied()).path
    }

    #[test]
    fn sources_lie_in_one_folder_or_in_none() {
        assert_eq!(place(&["a/b/c.txt"]), "a/b/c.txt");
        assert_eq!(place(&["a/b/c.txt", "a/b/d/e.txt", "a/bc.txt"]), "a");
        assert_eq!(place(&["a/b/c", "a/b/cd"]), "a/b");
        assert_eq!(place(&["/x", "/y"]), "/");
        assert_eq!(place(&["x", "y"]), "");
        assert_eq!(place(&["é/x", "è/x"]), "");
    }

    #[test]
    fn names_are_short_and_stand_below_the_folder() {
        let place = CommonPlace::of(["archive/a/x", "archive/b"].into_iter());
        assert_eq!((place.name().as_str(), place.below("archive/a/x")), ("archive", "a/x"));
        assert_eq!(CommonPlace::of(["a/b/c.txt"].into_iter()).below("a/b/c.txt"), "c.txt");
        let long = format!("/{}/orange/pages", "folder/".repeat(9));
        assert_eq!(CommonPlace::of([long.as_str()].into_iter()).name(), "…/orange/pages");
    }

    #[test]
    fn a_command_reads_what_was_read() {
        let input = |arguments: &str| PageInput { arguments: arguments.to_owned(), copy: None };
        let of = |paths: &[&'static str], input: Option<PageInput>| {
            CommonPlace::of(paths.iter().copied()).command(input.as_ref())
        };
        let told = |input: &str, out: &str| Some((input.to_owned(), out.to_owned()));
        assert_eq!(of(&["a/b/x", "a/b/y"], None), told("a/b", "b.clean"));
        assert_eq!(of(&["it's/x", "it's/y"], None), told(r"'it'\''s'", r"'it'\''s.clean'"));
        assert_eq!(of(&["x", "y"], Some(input("x y"))), told("x y", "doublon.clean"));
        let named = PageInput { copy: Some("z".into()), ..input("x") };
        assert_eq!(of(&["x/y"], Some(named)), told("x", "z"));
        assert_eq!((of(&["x", "y"], None), of(&["-"], None)), (None, None));
    }
}
