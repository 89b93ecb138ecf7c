//! How the path to a field is written.

/// The path to a field. See the module for how it is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FieldPath {
    /// The path as it was written, but for the `?` at its end.
    pub name: String,
    /// Whether records may lack the field.
    pub is_optional: bool,
    /// The steps from the outermost object inwards, at least one.
    pub(super) steps: Vec<PathStep>,
}

/// One step of a path.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct PathStep {
    /// The keys that lead on from an object, the one that goes first in front.
    pub keys: Vec<StepKey>,
    /// Which elements are taken of each of the lists that follow.
    pub filters: Vec<ElementFilter>,
}

/// A key, and where it leads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct StepKey {
    pub key: String,
    /// The step of which the filters apply to its value; none if none do.
    pub filters_of: Option<usize>,
    /// The step that comes after it.
    pub next: usize,
}

/// Which elements of a list are taken.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ElementFilter {
    All,
    At(usize),
    /// Those of which the member `key` is one of the values, or is none of them.
    Where {
        key: String,
        values: Vec<String>,
        is_one: bool,
    },
}

/// The most steps of a path; longer ones are keys.
const MAX_STEPS: usize = 64;

impl FieldPath {
    /// Reads a path. What is none is a key as it is written.
    pub fn parse(written: &str) -> Self {
        let (name, is_optional) = match written.strip_suffix('?') {
            Some(name) if !name.is_empty() => (name, true),
            _ => (written, false),
        };
        let steps = steps(name).unwrap_or_else(|| vec![(name.to_owned(), Vec::new())]);
        let mut steps: Vec<PathStep> = (0..steps.len()).map(|first| step(&steps, first)).collect();
        // A key may be spelled as the whole path, brackets and all.
        for literal in [name, written] {
            if steps[0].keys.iter().all(|key| key.key != literal) {
                let next = steps.len();
                steps[0].keys.insert(0, StepKey { key: literal.to_owned(), filters_of: None, next });
            }
        }
        Self { name: name.to_owned(), is_optional, steps }
    }

    /// Returns whether the path may lead through the member of that name of a record.
    #[cfg(feature = "parquet")]
    pub fn begins_with(&self, name: &str) -> bool {
        self.steps[0].keys.iter().any(|key| key.key == name)
    }

    /// Returns the path through all elements of lists, where this takes some.
    #[cfg(feature = "parquet")]
    pub fn through_all_elements(&self) -> Self {
        let mut path = self.clone();
        let filters = path.steps.iter_mut().flat_map(|step| &mut step.filters);
        filters.for_each(|filter| *filter = ElementFilter::All);
        path
    }

    /// Returns the key, if the path is nothing else.
    pub fn plain_key(&self) -> Option<&str> {
        let is_plain = self.steps.len() == 1 && self.steps[0].keys.len() == 1 && self.steps[0].filters.is_empty();
        (is_plain && !self.is_optional).then_some(&self.name)
    }
}

/// Takes a path apart into keys and filters, or returns none if it is no path.
fn steps(path: &str) -> Option<Vec<(String, Vec<ElementFilter>)>> {
    let (mut steps, mut rest) = (Vec::new(), path);
    loop {
        let end = rest.find(['.', '[']).unwrap_or(rest.len());
        let (key, mut after) = rest.split_at(end);
        let mut filters = Vec::new();
        while let Some(inner) = after.strip_prefix('[') {
            let (filter, behind) = inner.split_once(']')?;
            filters.push(ElementFilter::parse(filter)?);
            after = behind;
        }
        if key.is_empty() || steps.len() == MAX_STEPS {
            return None;
        }
        steps.push((key.to_owned(), filters));
        if after.is_empty() {
            return Some(steps);
        }
        rest = after.strip_prefix('.')?;
    }
}

/// Makes the step of a number: its keys are the longest first, made of several steps with no brackets between.
fn step(steps: &[(String, Vec<ElementFilter>)], first: usize) -> PathStep {
    let bare = steps[first..].iter().take_while(|(_, filters)| filters.is_empty()).count();
    let last = (first + bare).min(steps.len() - 1);
    let spelled = |last: usize| {
        let keys: Vec<&str> = steps[first..=last].iter().map(|(key, _)| key.as_str()).collect();
        StepKey { key: keys.join("."), filters_of: Some(last), next: last + 1 }
    };
    PathStep { keys: (first..=last).rev().map(spelled).collect(), filters: steps[first].1.clone() }
}

impl ElementFilter {
    /// Reads what stands between brackets.
    fn parse(written: &str) -> Option<Self> {
        if written.is_empty() || written == "*" {
            return Some(Self::All);
        }
        if let Ok(index) = written.parse() {
            return Some(Self::At(index));
        }
        let (key, values) = written.split_once('=')?;
        let (key, is_one) = key.strip_suffix('!').map_or((key, true), |key| (key, false));
        // Two signs and quotes are what other tools ask for.
        let values = values.strip_prefix('=').unwrap_or(values);
        let values = values.split('|').map(|value| unquoted(value.trim()).to_owned()).collect();
        let key = unquoted(key.trim());
        (!key.is_empty()).then(|| Self::Where { key: key.to_owned(), values, is_one })
    }
}

fn unquoted(value: &str) -> &str {
    let inner = |quote| value.strip_prefix(quote).and_then(|rest: &str| rest.strip_suffix(quote));
    inner('"').or_else(|| inner('\'')).unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys(path: &str) -> Vec<Vec<String>> {
        let of = |step: PathStep| step.keys.into_iter().map(|key| key.key).collect();
        FieldPath::parse(path).steps.into_iter().map(of).collect()
    }

    #[test]
    fn longer_keys_go_before_paths() {
        assert_eq!(keys("a"), [["a"]]);
        assert_eq!(keys("a.b.c"), [vec!["a.b.c", "a.b", "a"], vec!["b.c", "b"], vec!["c"]]);
        assert_eq!(keys("a[].b.c"), [vec!["a[].b.c", "a"], vec!["b.c", "b"], vec!["c"]]);
        assert_eq!(keys("a.b[0].c")[0], ["a.b[0].c", "a.b", "a"]);
        assert_eq!(keys("a?"), [["a?", "a"]]);
    }

    #[test]
    fn what_is_no_path_is_a_key() {
        for written in ["a[", "a[b", ".a", "a..b", "a.", "[]", "a[b]", "a[]b", "?", "a[=b]"] {
            assert_eq!(FieldPath::parse(written).steps.len(), 1, "{written}");
            assert_eq!(keys(written), [[written]], "{written}");
        }
        assert_eq!(FieldPath::parse(&"a.".repeat(100)).steps.len(), 1);
        assert_eq!(FieldPath::parse(&vec!["a"; 65].join(".")).steps.len(), 1);
    }

    #[test]
    fn brackets_choose_elements() {
        let filter = |path| FieldPath::parse(path).steps.remove(0).filters;
        let role = |values: &[&str], is_one| {
            let values = values.iter().map(|&value| value.to_owned()).collect();
            vec![ElementFilter::Where { key: "role".into(), values, is_one }]
        };
        assert_eq!(filter("m[].x"), [ElementFilter::All]);
        assert_eq!(filter("m[2][*].x"), [ElementFilter::At(2), ElementFilter::All]);
        assert_eq!(filter("m[role=user].x"), role(&["user"], true));
        assert_eq!(filter("m[role == 'user'].x"), role(&["user"], true));
        assert_eq!(filter("m[role!=system|tool]"), role(&["system", "tool"], false));
    }

    #[test]
    fn only_a_key_alone_is_plain() {
        assert_eq!(FieldPath::parse("text").plain_key(), Some("text"));
        for path in ["a.b", "a[]", "a?", "a[role=user]"] {
            assert_eq!(FieldPath::parse(path).plain_key(), None, "{path}");
        }
    }
}
