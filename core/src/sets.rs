//! Disjoint sets of numbers (Galler and Fischer, "An Improved Equivalence Algorithm", Communications of the ACM 7, 1964).

/// Disjoint sets whose root is their smallest member.
#[derive(Clone, Debug)]
pub struct Sets {
    parent: Vec<u32>,
}

impl Sets {
    /// Makes `len` sets of one member each.
    pub fn new(len: usize) -> Self {
        Self { parent: (0..len as u32).collect() }
    }

    /// Returns the smallest member of the set that `n` is in.
    pub fn root(&mut self, mut n: u32) -> u32 {
        while self.parent[n as usize] != n {
            self.parent[n as usize] = self.parent[self.parent[n as usize] as usize];
            n = self.parent[n as usize];
        }
        n
    }

    /// Makes one set of those that `a` and `b` are in.
    pub fn join(&mut self, a: u32, b: u32) {
        let (a, b) = (self.root(a), self.root(b));
        self.parent[a.max(b) as usize] = a.min(b);
    }
}
