//! A quick hash for short words. The words are those of the dataset, which nobody chooses to collide.

use std::hash::Hasher;

/// [FNV-1a](http://www.isthe.com/chongo/tech/comp/fnv/).
#[derive(Clone, Copy)]
pub(super) struct Fnv(u64);

impl Default for Fnv {
    fn default() -> Self {
        Self(0xCBF2_9CE4_8422_2325)
    }
}

impl Hasher for Fnv {
    fn write(&mut self, bytes: &[u8]) {
        for byte in bytes {
            self.0 = (self.0 ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01B3);
        }
    }

    fn finish(&self) -> u64 {
        // The low bits of a product know little of the high ones, and a table is indexed by the low bits.
        self.0 ^ (self.0 >> 32)
    }
}
