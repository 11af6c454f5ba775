//! Units of trade: what sellers write, as the codes of UN/ECE Recommendation 20, for which every language has words.

/// Code, then the spellings sellers use, in lower case. A leading X marks a package of Recommendation 21.
const UNITS: [(&str, &[&str]); 16] = [
    (
        "H87",
        &[
            "piece", "pieces", "pc", "pcs", "ea", "unit", "units", "件", "个", "只", "pieza", "piezas", "unidad", "個",
            "点",
        ],
    ),
    ("SET", &["set", "sets", "套", "juego", "juegos", "セット"]),
    ("PR", &["pair", "pairs", "双", "对", "par", "pares", "組"]),
    ("DZN", &["dozen", "dz", "doz", "打", "docena", "docenas", "ダース"]),
    ("ST", &["sheet", "sheets", "张", "hoja", "hojas", "枚"]),
    ("KGM", &["kg", "kilogram", "kilograms", "公斤", "千克"]),
    ("GRM", &["g", "gram", "grams", "克"]),
    ("TNE", &["t", "tonne", "tonnes", "吨"]),
    ("MTR", &["m", "metre", "metres", "meter", "meters", "米"]),
    ("MTK", &["m2", "m²", "sqm", "平方米"]),
    ("LTR", &["l", "litre", "litres", "liter", "liters", "升"]),
    ("XBX", &["box", "boxes", "盒", "caja", "cajas", "箱"]),
    ("XCT", &["carton", "cartons", "ctn", "ctns", "cartón", "cartones", "カートン"]),
    ("XPK", &["pack", "packs", "package", "packages", "包", "paquete", "paquetes", "パック"]),
    ("XRO", &["roll", "rolls", "卷", "rollo", "rollos", "巻"]),
    ("XBG", &["bag", "bags", "袋", "bolsa", "bolsas"]),
];

/// The code of a unit as it was written; a unit without one stays as it is.
pub fn code(written: &str) -> &str {
    let folded = written.trim().to_lowercase();
    let known =
        UNITS.iter().find(|(code, spellings)| code.to_lowercase() == folded || spellings.contains(&folded.as_str()));
    known.map_or(written, |(code, _)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sellers_word_becomes_the_code_and_another_stays() {
        assert_eq!(["pcs", " Set ", "件", "h87", "カートン"].map(code), ["H87", "SET", "H87", "H87", "XCT"]);
        assert_eq!(code("display tray"), "display tray");
    }

    #[test]
    fn a_spelling_means_one_unit() {
        let mut all: Vec<&str> = UNITS.iter().flat_map(|(_, spellings)| spellings.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}
