//! Keeps the signatures of some texts as bytes, and looks a new text up among them.

use doublon_core::{Config, Signature, Sketcher};

fn main() -> doublon_core::Result<()> {
    let sketcher = Sketcher::new(&Config::builder().bands(64, 4).build()?);
    let archive = [
        "The council has met on Monday and agreed on the new plan for the old harbour, against two votes.",
        "Rain is expected in the north of the country until Thursday, with some sun in the afternoon.",
    ];
    let kept: Vec<Vec<u8>> = archive.iter().map(|text| sketcher.signature(text).to_bytes()).collect();

    let new =
        sketcher.signature("Today: the council has met on Monday and agreed on the new plan for the old harbour.");
    let mut similarities = Vec::new();
    for bytes in &kept {
        similarities.push(new.jaccard(&Signature::from_bytes(bytes)?)?);
    }
    assert!(similarities[0] > 0.5, "it is the first text with little changed: {similarities:?}");
    assert!(similarities[1] < 0.1, "it has nothing of the second: {similarities:?}");
    assert!(Signature::from_bytes(&kept[0][1..]).is_err());
    Ok(())
}
