//! Text from outside, made safe to keep and show: NFC, no control characters, no bidi overrides, nothing invisible.

use unicode_normalization::UnicodeNormalization;

/// What a person typed, cleaned: NFC, control characters, bidi overrides and what cannot be seen removed, trimmed.
/// Line breaks stay.
pub fn clean(text: &str) -> String {
    let kept = text.nfc().filter(|c| *c == '\n' || !(c.is_control() || is_bidi_override(*c) || is_invisible(*c)));
    let kept: Vec<char> = kept.collect();
    let joins =
        |at: usize| at > 0 && takes_joiners(kept[at - 1]) && kept.get(at + 1).is_some_and(|c| takes_joiners(*c));
    let seen = kept.iter().enumerate().filter(|(at, c)| !is_joiner(**c) || joins(*at)).map(|(_, c)| *c);
    seen.collect::<String>().trim().to_owned()
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

/// Takes no room and changes no letter: a name of these alone is no name, and one with them passes for another.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{61C}' | '\u{115F}' | '\u{1160}' | '\u{17B4}' | '\u{17B5}' | '\u{180E}'
        | '\u{200B}' | '\u{200E}' | '\u{200F}' | '\u{2060}'..='\u{2065}' | '\u{206A}'..='\u{206F}' | '\u{3164}'
        | '\u{FEFF}' | '\u{FFA0}' | '\u{E0000}'..='\u{E007F}')
}

/// Zero-width (non-)joiners.
fn is_joiner(c: char) -> bool {
    matches!(c, '\u{200C}' | '\u{200D}')
}

/// Whether a joiner beside it can be seen: between letters of Arabic, of India and its neighbours, of Mongolian, and
/// between the parts of an emoji.
fn takes_joiners(c: char) -> bool {
    matches!(c, '\u{600}'..='\u{DFF}' | '\u{F00}'..='\u{109F}' | '\u{1780}'..='\u{18AF}' | '\u{2190}'..='\u{2BFF}'
        | '\u{FE0F}' | '\u{1F000}'..='\u{1FAFF}')
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
    fn what_cannot_be_seen_makes_no_name_and_no_other_name() {
        assert_eq!(clean_line("\u{200B}\u{2060}\u{FEFF}\u{AD}\u{200E}\u{200F}\u{200D}\u{3164}"), "");
        assert_eq!(clean_line("Ning\u{200B}bo\u{200D} To\u{200C}ys"), "Ningbo Toys");
        for seen in ["می\u{200C}خواهم", "क्\u{200D}ष", "👨\u{200D}👩\u{200D}👧", "❤\u{FE0F}\u{200D}🔥"]
        {
            assert_eq!(clean_line(seen), seen);
        }
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
