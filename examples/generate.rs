//! Writes a corpus with known duplicates: `docs.jsonl`, and what is known of them in `truth.jsonl`.
//!
//! ```text
//! cargo run --release --example generate -- --documents 100000 --out corpus
//! ```

use std::fs::{self, File};
use std::io::{BufWriter, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};
use serde::Serialize;

use generator::{Corpus, Generated, Mix, Options};

#[path = "../benches/generator/mod.rs"]
#[allow(dead_code)] // each user of the generator uses a part of it
mod generator;

/// Write a corpus with known duplicates to DIR/docs.jsonl and DIR/truth.jsonl
#[derive(Parser)]
struct Args {
    /// Number of documents
    #[arg(long, default_value_t = 10_000)]
    documents: u64,
    /// Average number of words of a document
    #[arg(long, default_value_t = 300)]
    words: usize,
    /// Another seed is another corpus
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// What the corpus is
    #[arg(long, value_enum, default_value_t = Shape::Mixed)]
    shape: Shape,
    /// Words of the paragraph that all pages share, with `--shape pages`
    #[arg(long, default_value_t = 100)]
    template: usize,
    /// Folder to write to; made if it is not there
    #[arg(long, value_name = "DIR")]
    out: PathBuf,
}

#[derive(Clone, Copy, ValueEnum)]
enum Shape {
    /// Duplicates and repeated passages of all kinds, between originals
    Mixed,
    /// One document again and again
    Equal,
    /// One paragraph on every page, and own words
    Pages,
    /// One to four words
    Short,
}

fn main() -> Result<()> {
    let args = Args::parse();
    fs::create_dir_all(&args.out).with_context(|| args.out.display().to_string())?;
    let Args { seed, documents, words, template, .. } = args;
    match args.shape {
        Shape::Mixed => write(Corpus::new(Options { seed, documents, words, mix: Mix::default() }), &args.out),
        Shape::Equal => write(generator::equal(seed, documents, words), &args.out),
        Shape::Pages => write(generator::pages(seed, documents, template, words), &args.out),
        Shape::Short => write(generator::short(seed, documents), &args.out),
    }
}

fn write(corpus: impl Iterator<Item = Generated>, folder: &Path) -> Result<()> {
    let create = |name| {
        let path = folder.join(name);
        File::create(&path).map(BufWriter::new).with_context(|| path.display().to_string())
    };
    let (mut docs, mut truths) = (create("docs.jsonl")?, create("truth.jsonl")?);
    for document in corpus {
        write_line(&mut docs, &document)?;
        if let Some(truth) = &document.truth {
            write_line(&mut truths, truth)?;
        }
    }
    docs.flush()?;
    truths.flush()?;
    Ok(())
}

fn write_line(file: &mut impl Write, value: &impl Serialize) -> Result<()> {
    serde_json::to_writer(&mut *file, value)?;
    Ok(file.write_all(b"\n")?)
}
