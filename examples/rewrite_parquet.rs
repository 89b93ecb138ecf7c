//! Writes a Parquet file without some of its rows, and with some texts in capitals. `scripts/parquet_peers.py` compares
//! what comes out with what other programs make of the input.
//!
//! ```text
//! rewrite_parquet IN OUT TEXT_FIELD DROP EDIT
//! ```
//!
//! Every row whose number is a multiple of DROP is left out, and of those that stay every row whose number is a multiple
//! of EDIT is edited; 0 stands for none.

use std::fs::File;

use anyhow::Context;
use doublon::finding::InputOptions;
use doublon::rewrite::parquet::{Edits, RowAction, rewrite};

struct Multiples {
    drop: u64,
    edit: u64,
}

impl Edits for Multiples {
    fn row(&mut self, row: u64) -> RowAction {
        let is_multiple = |of: u64| of > 0 && row.is_multiple_of(of);
        match (is_multiple(self.drop), is_multiple(self.edit)) {
            (true, _) => RowAction::Drop,
            (false, true) => RowAction::Edit,
            (false, false) => RowAction::Keep,
        }
    }

    fn text(&mut self, row: u64, text: &str) -> String {
        format!("{row}:{}", text.to_uppercase())
    }
}

fn main() -> anyhow::Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [input, output, text_field, drop, edit] = &arguments[..] else {
        anyhow::bail!("usage: rewrite_parquet IN OUT TEXT_FIELD DROP EDIT");
    };
    let options = InputOptions { text_field: text_field.clone().into(), ..InputOptions::default() };
    let mut edits = Multiples { drop: drop.parse()?, edit: edit.parse()? };
    let input = File::open(input).with_context(|| input.clone())?;
    rewrite(&input, File::create(output).with_context(|| output.clone())?, &options.into(), &mut edits)?;
    Ok(())
}
