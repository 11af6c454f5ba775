//! What the build of the watch pages left: read once, when the program starts.

use std::collections::HashMap;

use kernel::Locale;
use serde_json::Value;

use crate::assets::Watch;

/// Vite's manifest, and the messages of each language as the pages' scripts take them.
pub struct Built {
    manifest: Value,
    words: HashMap<&'static str, String>,
}

impl Built {
    pub fn read() -> Self {
        let manifest = Watch::get("manifest.json").and_then(|file| serde_json::from_slice(&file.data).ok());
        let words = Locale::INTERFACE.into_iter().filter_map(|tag| {
            let file = Watch::get(&format!("words/{tag}.json"))?;
            Some((tag, String::from_utf8_lossy(&file.data).into_owned()))
        });
        Self { manifest: manifest.unwrap_or_default(), words: words.collect() }
    }

    /// The build has read them from the texts that the shell speaks with.
    pub fn words(&self, locale: &Locale) -> &str {
        let words = self.words.get(locale.to_string().as_str()).or_else(|| self.words.get("en"));
        words.map_or("{}", String::as_str)
    }

    /// The files of `sources`, and ahead of their time those of the chunks that `soon` names.
    pub fn entry(&self, sources: &[&str], soon: &[&str]) -> Entry {
        let mut entry = Entry::default();
        for source in sources {
            entry.add(&self.manifest, source, true);
        }
        let chunks = self.manifest.as_object().into_iter().flatten().map(|(key, _)| key.as_str());
        for key in chunks.filter(|key| soon.iter().any(|end| key.ends_with(end))) {
            entry.add(&self.manifest, key, false);
        }
        entry
    }
}

/// The files that a page's entry needs, by Vite's manifest.
#[derive(Default)]
pub struct Entry {
    pub styles: Vec<String>,
    pub scripts: Vec<String>,
    pub preloads: Vec<String>,
}

impl Entry {
    fn add(&mut self, manifest: &Value, key: &str, is_entry: bool) {
        let chunk = &manifest[key];
        let address = |file: &Value| file.as_str().map(|file| format!("/assets/watch/{file}"));
        let Some(file) = address(&chunk["file"]) else { return };
        let known = |list: &Vec<String>| list.contains(&file);
        if std::path::Path::new(&file).extension().is_some_and(|kind| kind == "css") {
            if !known(&self.styles) {
                self.styles.push(file);
            }
            return;
        }
        if known(&self.scripts) || known(&self.preloads) {
            return;
        }
        if is_entry {
            self.scripts.push(file);
        } else {
            self.preloads.push(file);
        }
        for css in chunk["css"].as_array().into_iter().flatten().filter_map(address) {
            if !self.styles.contains(&css) {
                self.styles.push(css);
            }
        }
        for import in chunk["imports"].as_array().into_iter().flatten().filter_map(Value::as_str) {
            self.add(manifest, import, false);
        }
    }
}
