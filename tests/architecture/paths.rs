//! Finds the paths that a Rust source text names, by reading its tokens.

/// A path as it is written, `use` trees taken apart: `use a::{b, c::d}` names `a::b` and `a::c::d`.
pub struct NamedPath {
    /// Its names; `*` for a glob, and a last name with `!` for a macro.
    pub names: Vec<String>,
    /// The one-based line of its first name.
    pub line: usize,
    /// The name that a `use` gives it in the module that it stands in: the last one, or that after `as`.
    pub brings: Option<String>,
    /// The modules of this text that it stands in, outermost first.
    inside: Vec<String>,
}

impl NamedPath {
    /// Returns the path from the root of the crate, for a text that is the body of `module`; nothing if it does not
    /// say where it starts, as `std::fs` or `Vec`.
    pub fn rooted(&self, module: &[&str]) -> Option<Vec<String>> {
        let mut root: Vec<String> = module.iter().map(|&name| name.to_owned()).chain(self.inside.clone()).collect();
        let mut names = self.names.iter().map(String::as_str).peekable();
        match *names.peek()? {
            "crate" | "doublon" => {
                root.clear();
                names.next();
            }
            "self" | "super" => {}
            _ => return None,
        }
        while let Some(name) = names.next_if(|&name| name == "self" || name == "super") {
            if name == "super" {
                root.pop();
            }
        }
        root.extend(names.map(str::to_owned));
        Some(root)
    }

    /// Returns whether the path stands outside of all inline modules of its text.
    pub fn is_outermost(&self) -> bool {
        self.inside.is_empty()
    }

    /// Returns whether `part`, such as `process::exit`, is in the path.
    pub fn has(&self, part: &str) -> bool {
        let part: Vec<&str> = part.split("::").collect();
        self.names.windows(part.len()).any(|names| names == part)
    }
}

/// Returns all paths of a text in order, without those in comments, strings, and items marked `#[cfg(test)]`.
pub fn named_paths(text: &str) -> Vec<NamedPath> {
    let tokens = without_tests(&tokens(text));
    let mut reader = Reader { tokens: &tokens, at: 0, blocks: Vec::new(), in_use: false, paths: Vec::new() };
    reader.read();
    reader.paths
}

/// What an item is, as far as the checks ask.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A struct, an enum, a union, a trait or an alias.
    Type,
    /// A function, a constant or a static.
    Value,
}

/// Returns the items that a text defines outside of all braces, without those marked `#[cfg(test)]`.
pub fn definitions(text: &str) -> Vec<(Kind, String)> {
    let tokens = without_tests(&tokens(text));
    let mut depth = 0;
    let mut found = Vec::new();
    for (token, next) in tokens.iter().zip(tokens.iter().skip(1)) {
        match token.text {
            "{" => depth += 1,
            "}" => depth -= 1,
            "struct" | "enum" | "union" | "trait" | "type" if depth == 0 => found.push((Kind::Type, next.text.into())),
            "fn" | "const" | "static" if depth == 0 => found.push((Kind::Value, next.text.into())),
            _ => {}
        }
    }
    found
}

/// Returns the names of the files that a text declares as modules for tests only.
pub fn test_modules(text: &str) -> Vec<String> {
    let all = tokens(text);
    let kept = declared(&without_tests(&all));
    declared(&all).into_iter().filter(|name| !kept.contains(name)).collect()
}

/// Returns the names in `mod name;`.
fn declared(tokens: &[Token]) -> Vec<String> {
    let declares = |tokens: &&[Token]| tokens[0].text == "mod" && tokens[2].text == ";";
    tokens.windows(3).filter(declares).map(|tokens| tokens[1].text.to_owned()).collect()
}

#[derive(Clone, Copy)]
struct Token<'a> {
    text: &'a str,
    line: usize,
}

impl Token<'_> {
    fn is_name(&self) -> bool {
        self.text.starts_with(is_name_char)
    }
}

fn is_name_char(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Splits a text into names, `::` and single other characters; comments, strings and lifetimes are left out.
fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens = Vec::new();
    let (mut at, mut line) = (0, 1);
    while at < text.len() {
        let rest = &text[at..];
        let (length, kept) = next_token(rest);
        if kept {
            tokens.push(Token { text: &rest[..length], line });
        }
        line += rest[..length].matches('\n').count();
        at += length;
    }
    tokens
}

/// Returns the length of what a text starts with, and whether it is a token that counts.
fn next_token(rest: &str) -> (usize, bool) {
    let first = rest.chars().next().map_or(1, char::len_utf8);
    if rest.starts_with("//") {
        (rest.find('\n').unwrap_or(rest.len()), false)
    } else if rest.starts_with("/*") {
        (block_comment(rest), false)
    } else if let Some(length) = string(rest).or_else(|| character(rest)) {
        (length, false)
    } else if rest.starts_with(is_name_char) {
        (rest.find(|c| !is_name_char(c)).unwrap_or(rest.len()), true)
    } else if rest.starts_with("::") {
        (2, true)
    } else {
        (first, !rest.starts_with(char::is_whitespace))
    }
}

/// Returns the length of a block comment; they nest.
fn block_comment(rest: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < rest.len() {
        if rest[at..].starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest[at..].starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest[at..].chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// Returns the length of a string literal of any kind.
fn string(rest: &str) -> Option<usize> {
    let prefix = ["br", "cr", "r", "b", "c", ""].into_iter().find(|prefix| {
        let hashes = rest.strip_prefix(prefix).map(|rest| rest.trim_start_matches('#'));
        hashes.is_some_and(|rest| rest.starts_with('"'))
    })?;
    let hashes = rest[prefix.len()..].find('"')?;
    let body = prefix.len() + hashes + 1;
    if prefix.ends_with('r') {
        let end = format!("\"{}", "#".repeat(hashes));
        return Some(rest[body..].find(&end).map_or(rest.len(), |at| body + at + end.len()));
    }
    (hashes == 0).then(|| body + quoted(&rest[body..], '"'))
}

/// Returns the length of a character literal or a lifetime.
fn character(rest: &str) -> Option<usize> {
    let start = if rest.starts_with("b'") { 2 } else { 1 };
    let body = rest.strip_prefix("b'").or_else(|| rest.strip_prefix('\''))?;
    let mut chars = body.chars();
    let (first, second) = (chars.next()?, chars.next());
    if first == '\\' || second == Some('\'') {
        return Some(start + quoted(body, '\''));
    }
    Some(start + body.find(|c| !is_name_char(c)).unwrap_or(body.len()))
}

/// Returns the length up to and with the closing quote.
fn quoted(body: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in body.char_indices() {
        if c == quote && !escaped {
            return at + 1;
        }
        escaped = c == '\\' && !escaped;
    }
    body.len()
}

/// Leaves out the items marked `#[cfg(test)]` or with `test` in a larger condition, but not in `not(test)`.
fn without_tests<'a>(tokens: &[Token<'a>]) -> Vec<Token<'a>> {
    let mut kept = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if is_test_attribute(&tokens[at..]) {
            at = item_end(tokens, at);
        } else {
            kept.push(tokens[at]);
            at += 1;
        }
    }
    kept
}

fn is_test_attribute(tokens: &[Token]) -> bool {
    let texts: Vec<&str> = tokens.iter().map(|token| token.text).take_while(|&text| text != "]").collect();
    texts.starts_with(&["#", "[", "cfg", "("]) && texts.contains(&"test") && !texts.contains(&"not")
}

/// Returns where the item that starts at `at` with its attributes ends: after a `;` or a block outside of all brackets.
fn item_end(tokens: &[Token], mut at: usize) -> usize {
    let mut depth = 0;
    while at < tokens.len() {
        let text = tokens[at].text;
        at += 1;
        match text {
            "(" | "[" | "{" => depth += 1,
            ")" | "]" | "}" => depth -= 1,
            _ => {}
        }
        if depth == 0 && matches!(text, ";" | "}") {
            break;
        }
    }
    at
}

struct Reader<'a> {
    tokens: &'a [Token<'a>],
    at: usize,
    /// The open braces, with the name of the module if they are of one.
    blocks: Vec<Option<String>>,
    /// Whether it is between `use` and the semicolon.
    in_use: bool,
    paths: Vec<NamedPath>,
}

impl Reader<'_> {
    fn read(&mut self) {
        while let Some(token) = self.tokens.get(self.at) {
            match token.text {
                "mod" if self.text(2) == "{" => {
                    self.blocks.push(Some(self.text(1).to_owned()));
                    self.at += 3;
                }
                "{" => {
                    self.blocks.push(None);
                    self.at += 1;
                }
                "}" => {
                    self.blocks.pop();
                    self.at += 1;
                }
                "use" => {
                    self.in_use = true;
                    self.at += 1;
                }
                _ if token.is_name() => self.read_tree(Vec::new()),
                other => {
                    self.in_use &= other != ";";
                    self.at += 1;
                }
            }
        }
    }

    /// Reads a path, or in a `use` all those that start with `names`.
    fn read_tree(&mut self, mut names: Vec<String>) {
        let line = self.tokens[self.at].line;
        loop {
            match self.text(0) {
                "{" => return self.read_group(&names),
                "*" => names.push("*".into()),
                _ if self.tokens.get(self.at).is_some_and(Token::is_name) => names.push(self.text(0).into()),
                _ => break,
            }
            self.at += 1;
            if self.text(0) != "::" {
                break;
            }
            self.at += 1;
        }
        if self.text(0) == "!" && self.text(1) != "=" {
            names.last_mut().into_iter().for_each(|name| name.push('!'));
        }
        let brings = self.brings(&names);
        self.paths.push(NamedPath { names, line, brings, inside: self.blocks.iter().flatten().cloned().collect() });
    }

    /// Returns the name that a `use` of a path brings; reads the `as` behind it.
    fn brings(&mut self, names: &[String]) -> Option<String> {
        if !self.in_use {
            return None;
        }
        if self.text(0) == "as" {
            self.at += 2;
            return Some(self.tokens.get(self.at - 1)?.text.to_owned());
        }
        names.iter().rev().find(|name| *name != "self").cloned()
    }

    /// Reads the group of a `use` tree, from its opening brace to the closing one.
    fn read_group(&mut self, names: &[String]) {
        self.at += 1;
        while !matches!(self.text(0), "}" | "") {
            if self.text(0) == "," {
                self.at += 1;
            } else {
                let before = self.at;
                self.read_tree(names.to_vec());
                self.at = self.at.max(before + 1);
            }
        }
        self.at += 1;
    }

    /// Returns the text of the token that is `ahead` of the present one, or nothing after the last.
    fn text(&self, ahead: usize) -> &str {
        self.tokens.get(self.at + ahead).map_or("", |token| token.text)
    }
}
