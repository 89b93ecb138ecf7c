//! Keep order: of duplicates, the document that comes first in it stays.

/// The rank of each document.
#[derive(Clone, Debug, Default)]
pub struct KeepOrder {
    /// Absent where the rank is the number.
    ranks: Option<Vec<u32>>,
}

impl KeepOrder {
    /// Orders documents by ascending key, equal keys by number.
    pub fn by_key<K: Ord>(keys: &[K]) -> Self {
        let mut docs: Vec<u32> = (0..keys.len() as u32).collect();
        docs.sort_by(|&x, &y| keys[x as usize].cmp(&keys[y as usize]));
        let mut ranks = vec![0; keys.len()];
        for (&doc, rank) in docs.iter().zip(0..) {
            ranks[doc as usize] = rank;
        }
        Self { ranks: Some(ranks) }
    }

    /// Makes one of the [ranks](Self::ranks) of all documents.
    pub fn of_ranks(ranks: Option<Vec<u32>>) -> Self {
        Self { ranks }
    }

    /// Returns the rank of each document; none where the rank is the number.
    pub fn ranks(&self) -> Option<&[u32]> {
        self.ranks.as_deref()
    }

    /// Returns the rank of a document: the smaller one stays.
    pub fn rank(&self, doc: u32) -> u32 {
        self.ranks.as_ref().map_or(doc, |ranks| ranks[doc as usize])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_stay_in_order_of_position() {
        let order = KeepOrder::by_key(&[5, 3, 5, 3, 1]);
        assert_eq!((0..5).map(|doc| order.rank(doc)).collect::<Vec<_>>(), [3, 1, 4, 2, 0]);
        assert_eq!(KeepOrder::of_ranks(order.ranks().map(<[u32]>::to_vec)).rank(2), 4);
        assert_eq!(KeepOrder::default().rank(7), 7);
    }
}
