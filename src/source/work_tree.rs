//! What is left out of a folder in a work tree of Git: the files that Git ignores, and hidden ones.
//!
//! Rules are those of `.ignore` and `.gitignore` in the folder, in those below it, and in those above it up to the one with
//! `.git`; then those of `.git/info/exclude` and of the user. The closest rule that speaks of a file decides, and `.ignore`
//! goes before `.gitignore`, as in ripgrep. A file that a rule asks for (`!name`) is read though it is hidden.

use std::collections::BTreeMap;
#[cfg(feature = "glob")]
use std::fs;
use std::path::Path;
#[cfg(feature = "glob")]
use std::path::PathBuf;

#[cfg(feature = "glob")]
use ignore::Match;
#[cfg(feature = "glob")]
use ignore::gitignore::{Gitignore, GitignoreBuilder, gitconfig_excludes_path};

use crate::finding::InputOptions;

/// The folder, or in a linked work tree the file, by which a work tree is known.
const GIT: &str = ".git";

/// Why something in a folder is left out, if no pattern of the user did it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum LeftOut {
    /// It is `.git`.
    Git,
    /// Git ignores it.
    Ignored,
    /// It is hidden, in a work tree.
    Hidden,
}

impl LeftOut {
    /// Returns the name as it stands in counts.
    pub fn name(self) -> &'static str {
        match self {
            Self::Git => "git",
            Self::Ignored => "ignored",
            Self::Hidden => "hidden",
        }
    }
}

/// How many files, and folders that were not entered, were left out, by the name of the reason.
pub fn left_out_counts(all: &BTreeMap<LeftOut, u64>) -> BTreeMap<String, u64> {
    all.iter().map(|(why, &count)| (why.name().to_owned(), count)).collect()
}

/// Says what is left out of one folder and those below it, while a walk goes through them.
pub(super) struct WorkTree {
    leaves_hidden: bool,
    #[cfg(feature = "glob")]
    rules: Option<IgnoreRules>,
}

impl WorkTree {
    /// Takes up the rules that hold in the folder `root`, a path without links.
    pub fn of(root: &Path, options: &InputOptions) -> Self {
        let tree = root.ancestors().find(|folder| folder.join(GIT).exists());
        Self {
            leaves_hidden: tree.is_some() && !options.hidden,
            #[cfg(feature = "glob")]
            rules: tree.filter(|_| !options.no_ignore).map(|tree| IgnoreRules::of(tree, root)),
        }
    }

    /// Returns why the file or folder at `place` is left out, if it is. `depth` is 1 in the root itself. A folder has to
    /// be asked for before what is in it.
    pub fn leaves_out(&mut self, place: &Path, depth: usize, is_folder: bool) -> Option<LeftOut> {
        let name = place.file_name()?;
        if name == GIT {
            return Some(LeftOut::Git);
        }
        #[cfg(feature = "glob")]
        if let Some(is_ignored) = self.rules.as_mut().and_then(|rules| rules.decide(place, depth, is_folder)) {
            return is_ignored.then_some(LeftOut::Ignored);
        }
        let _ = (depth, is_folder); // a build without rules asks for neither
        (self.leaves_hidden && name.as_encoded_bytes().starts_with(b".")).then_some(LeftOut::Hidden)
    }
}

/// The rules that hold at one place of a walk.
#[cfg(feature = "glob")]
struct IgnoreRules {
    /// Those of the folders above the root, the outermost first.
    above: Vec<FolderRules>,
    /// Those of the root and of the folders from it to the place.
    open: Vec<FolderRules>,
    exclude: Gitignore,
    of_user: Gitignore,
}

/// The rules that stand in one folder.
#[cfg(feature = "glob")]
struct FolderRules {
    ignore: Gitignore,
    gitignore: Gitignore,
}

#[cfg(feature = "glob")]
impl IgnoreRules {
    fn of(tree: &Path, root: &Path) -> Self {
        let mut above: Vec<&Path> = root.ancestors().skip(1).take_while(|folder| folder.starts_with(tree)).collect();
        above.reverse();
        Self {
            above: above.into_iter().map(FolderRules::read).collect(),
            open: vec![FolderRules::read(root)],
            exclude: rules(tree, &common_git_folder(tree).join("info/exclude")),
            of_user: gitconfig_excludes_path().map_or_else(Gitignore::empty, |path| rules(tree, &path)),
        }
    }

    /// Returns whether something is ignored, or none if no rule speaks of it. The rules of a folder that is not ignored
    /// hold from then on, until something outside of it is asked for.
    fn decide(&mut self, place: &Path, depth: usize, is_folder: bool) -> Option<bool> {
        self.open.truncate(depth);
        let folders = || self.above.iter().chain(&self.open).rev();
        let by_ignore = folders().map(|rules| &rules.ignore);
        let by_git = folders().map(|rules| &rules.gitignore).chain([&self.exclude, &self.of_user]);
        let decision = by_ignore.chain(by_git).find_map(|rules| match rules.matched(place, is_folder) {
            Match::None => None,
            Match::Ignore(_) => Some(true),
            Match::Whitelist(_) => Some(false),
        });
        if is_folder && decision != Some(true) {
            self.open.push(FolderRules::read(place));
        }
        decision
    }
}

#[cfg(feature = "glob")]
impl FolderRules {
    fn read(folder: &Path) -> Self {
        let of = |name| rules(folder, &folder.join(name));
        Self { ignore: of(".ignore"), gitignore: of(".gitignore") }
    }
}

/// Reads the rules in a file, which hold from `root` on. A rule that is not valid is passed over, as by Git.
#[cfg(feature = "glob")]
fn rules(root: &Path, file: &Path) -> Gitignore {
    if !file.is_file() {
        return Gitignore::empty();
    }
    let mut builder = GitignoreBuilder::new(root);
    let _ = builder.add(file); // what cannot be read has no rules, and its other lines hold
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// Returns the folder that Git keeps for all work trees of a repository.
#[cfg(feature = "glob")]
fn common_git_folder(tree: &Path) -> PathBuf {
    let git = tree.join(GIT);
    let read = |file: &Path| fs::read_to_string(file).ok().map(|text| text.trim().to_owned());
    let Some(linked) = read(&git) else { return git };
    let git = tree.join(linked.strip_prefix("gitdir:").unwrap_or(&linked).trim());
    read(&git.join("commondir")).map_or_else(|| git.clone(), |common| git.join(common))
}
