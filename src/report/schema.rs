//! The JSON Schemas of what is saved: findings and statistics, of which each line is one value.
//!
//! They are made from the types that are written, so they cannot say something else. Other programs may rely on them:
//! fields may be added, and so the schemas allow fields that they do not know.

use schemars::generate::SchemaSettings;
use schemars::transform::{Transform, transform_subschemas};
use schemars::{JsonSchema, Schema};

use crate::finding::statistics::{self, StatisticsLine};
use crate::finding::{self, Finding};

/// Returns the schema of a line of findings, in draft 2020-12 of JSON Schema.
pub fn of_findings() -> Schema {
    schema::<Finding>(finding::SCHEMA)
}

/// Returns the schema of a line of statistics.
pub fn of_statistics() -> Schema {
    schema::<StatisticsLine<'static>>(statistics::SCHEMA)
}

fn schema<T: JsonSchema>(name: &str) -> Schema {
    let settings = SchemaSettings::draft2020_12().for_serialize().with_transform(Plain);
    let mut schema = settings.into_generator().into_root_schema_for::<T>();
    schema.insert("title".into(), format!("A line of {name}").into());
    schema
}

/// Turns the documentation of types into that of a format.
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut Schema) {
        if let Some(text) = schema.get("description").and_then(serde_json::Value::as_str) {
            let plain = without_links(text);
            schema.insert("description".into(), plain.into());
        }
        // The width of a number in memory: no program needs to know it, and no draft defines it.
        if schema.get("format").and_then(serde_json::Value::as_str).is_some_and(|name| NUMBERS.contains(&name)) {
            schema.remove("format");
        }
        transform_subschemas(self, schema);
    }
}

const NUMBERS: [&str; 3] = ["double", "uint", "uint64"];

/// Takes the brackets away that make a link of a name in the code, and joins lines.
fn without_links(text: &str) -> String {
    text.replace("[`", "`").replace("`]", "`").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use std::path::Path;
    use std::{env, fs};

    use super::*;

    /// Compares a schema with what is published; `SCHEMA=overwrite` publishes it.
    fn check(name: &str, schema: &Schema) {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs").join(name);
        let text = serde_json::to_string_pretty(schema).expect("a schema is JSON") + "\n";
        if env::var("SCHEMA").is_ok_and(|what| what == "overwrite") {
            fs::write(&path, &text).expect("docs can be written to");
        }
        let published = fs::read_to_string(&path).unwrap_or_default();
        assert!(published == text, "docs/{name} is not what the types say: SCHEMA=overwrite cargo test --lib schema");
    }

    #[test]
    fn the_published_schemas_are_those_of_the_types() {
        check("findings.schema.json", &of_findings());
        check("stats.schema.json", &of_statistics());
    }

    #[test]
    fn descriptions_hold_no_links_into_the_code() {
        for schema in [of_findings(), of_statistics()] {
            let text = serde_json::to_string(&schema).expect("a schema is JSON");
            assert!(!text.contains("[`"), "{text}");
        }
    }
}
