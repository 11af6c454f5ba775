//! The short run of a fuzz target in the tests: its seeds, the inputs that once broke it, and mutations of
//! both from a fixed start.

use std::fs;
use std::path::{Path, PathBuf};

/// Marsaglia's xorshift: the same mutations on every machine.
struct Mutations(u64);

impl Mutations {
    fn next(&mut self) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap()
    }

    fn of(&mut self, bytes: &[u8]) -> Vec<u8> {
        let mut bytes = bytes.to_vec();
        for _ in 0..=self.next() % 8 {
            let place = self.next() % (bytes.len() + 1);
            match self.next() % 5 {
                0 if self.next().is_multiple_of(4) => bytes.truncate(place),
                1 => bytes.insert(place, self.next().to_le_bytes()[0]),
                2 if place < bytes.len() => {
                    bytes.remove(place);
                }
                3 if place < bytes.len() => bytes[place] = [0, 1, 127, 128, 255][self.next() % 5],
                _ if place < bytes.len() => bytes[place] ^= 1 << (self.next() % 8),
                _ => {}
            }
        }
        bytes
    }
}

/// Runs `entry` over the files of `target` and over `times` mutations of them.
pub fn briefly(target: &str, entry: fn(&[u8]), times: usize) {
    let known: Vec<Vec<u8>> = ["seeds", "crashes"].iter().flat_map(|kind| files(&folder(kind, target))).collect();
    assert!(!known.is_empty(), "{target} has no seeds");
    for bytes in &known {
        entry(bytes);
    }
    let mut mutations = Mutations(0x1eaf);
    for time in 0..times {
        entry(&mutations.of(&known[time % known.len()]));
    }
}

/// `fuzz/{kind}/{target}`.
pub fn folder(kind: &str, target: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz").join(kind).join(target)
}

fn files(folder: &Path) -> Vec<Vec<u8>> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let mut paths: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}
