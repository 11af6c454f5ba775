//! Text from outside, made safe to keep and show: NFC, no control characters, no bidi overrides.

use unicode_normalization::UnicodeNormalization;

/// What a person typed, cleaned: NFC, control characters and bidi overrides removed, trimmed.
/// Line breaks stay.
pub fn clean(text: &str) -> String {
    let kept = text.nfc().filter(|c| *c == '\n' || !(c.is_control() || is_bidi_override(*c)));
    kept.collect::<String>().trim().to_owned()
}

/// As [`clean`], on one line: every run of white space becomes one space.
pub fn clean_line(text: &str) -> String {
    clean(&text.replace(['\t', '\r', '\n'], " ")).split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A spreadsheet cell that a program will not run: cells that start like a formula get an apostrophe.
pub fn inert_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r']) { format!("'{text}") } else { text.to_owned() }
}

/// The text for searching: lower case, compatibility forms and marks folded (NFKD).
/// Searches compare folded columns, because `LIKE` folds only ASCII, and only on SQLite.
pub fn folded(text: &str) -> String {
    text.nfkd().filter(|c| !unicode_normalization::char::is_combining_mark(*c)).flat_map(char::to_lowercase).collect()
}

fn is_bidi_override(c: char) -> bool {
    matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn overrides_and_controls_are_removed() {
        assert_eq!(clean(" price\u{202E}10 USD\u{0} \n now "), "price10 USD \n now");
        assert_eq!(clean_line("two\n lines\u{7}\tand tab"), "two lines and tab");
    }

    #[test]
    fn formulas_are_made_inert() {
        assert_eq!(inert_cell("=HYPERLINK(1)"), "'=HYPERLINK(1)");
        assert_eq!(inert_cell("Bloques"), "Bloques");
    }

    #[test]
    fn search_text_is_folded() {
        assert_eq!(folded("Ｎiño ÉTÉ"), "nino ete");
    }
}
