//! The list of fault cases in `docs/faults.md`, held against the names of the tests.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use crate::files::File;
use crate::read_sources;

/// A row of the list: its number, and the tests that it names.
struct Row {
    case: u32,
    tests: Vec<String>,
}

/// Reads the rows of a Markdown table whose first cell is a number and whose last one names tests.
fn rows(list: &str) -> Vec<Row> {
    let row = |line: &str| {
        let cells: Vec<&str> = line.split('|').map(str::trim).collect();
        let [_, case, _, _, tests, _] = cells[..] else { return None };
        let tests = tests.split(',').map(|name| name.trim().trim_matches('`').to_owned());
        Some(Row { case: case.parse().ok()?, tests: tests.filter(|name| name != "-").collect() })
    };
    list.lines().filter_map(row).collect()
}

/// Returns the names of the functions of a source text, where a line begins with one; those of tests included.
fn functions(text: &str) -> impl Iterator<Item = &str> {
    let declared = text.lines().filter_map(|line| line.trim_start().strip_prefix("fn "));
    declared.filter_map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next())
}

/// Returns the cases that a test is of: `f39_f40_odd_names` is of 39 and 40.
fn cases_of(test: &str) -> Vec<u32> {
    let numbers = test.split('_').map_while(|part| part.strip_prefix('f')?.parse().ok());
    numbers.collect()
}

/// Returns what the list and the names of the tests do not agree on, a line each.
fn disagreements(list: &str, sources: &[File]) -> Vec<String> {
    let rows = rows(list);
    let names: BTreeSet<&str> = sources.iter().flat_map(|file| functions(&file.text)).collect();
    let mut faults = Vec::new();
    for (row, number) in rows.iter().zip(1..) {
        if row.case != number {
            faults.push(format!("case {} stands where {number} is due", row.case));
        }
        let absent = row.tests.iter().filter(|test| !names.contains(test.as_str()));
        faults.extend(absent.map(|test| format!("case {}: there is no test `{test}`", row.case)));
    }
    for name in names {
        for case in cases_of(name) {
            let row = rows.iter().find(|row| row.case == case);
            if !row.is_some_and(|row| row.tests.iter().any(|test| test == name)) {
                faults.push(format!("case {case}: `{name}` is not in its row"));
            }
        }
    }
    faults
}

#[test]
fn each_fault_case_names_its_tests_and_each_test_of_a_case_is_named() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut sources = Vec::new();
    for folder in ["src", "core/src", "tests"] {
        read_sources(&root.join(folder), "", &mut sources).unwrap();
    }
    let list = fs::read_to_string(root.join("docs/faults.md")).unwrap();
    assert!(rows(&list).len() >= 48, "rows of docs/faults.md are missing");
    let faults = disagreements(&list, &sources);
    assert!(faults.is_empty(), "docs/faults.md:\n{}", faults.join("\n"));
}

#[test]
fn a_row_without_its_test_and_a_test_without_its_row_are_faults() {
    let list = "| 1 | a | b | `f01_one`, `plain` |\n| 2 | a | b | - |\n";
    let of = |text: &str| disagreements(list, &[File::new("tests/a.rs", text)]);
    assert_eq!(of("    fn f01_one() {}\nfn plain() {}"), [""; 0]);
    assert_eq!(of("fn f01_one() {}"), ["case 1: there is no test `plain`"]);
    assert_eq!(of("fn f01_one() {} \nfn plain() {}\nfn f02_two() {}"), ["case 2: `f02_two` is not in its row"]);
    assert_eq!(
        of("fn f01_one() {} \nfn plain() {}\nfn f01_f03_more() {}"),
        ["case 1: `f01_f03_more` is not in its row", "case 3: `f01_f03_more` is not in its row"]
    );
    assert_eq!(disagreements("| 2 | a | b | - |", &[]), ["case 2 stands where 1 is due"]);
}
