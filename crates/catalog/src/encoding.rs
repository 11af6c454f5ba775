//! Which encoding a CSV file is in. Spreadsheet programs save "CSV" in the one of their country: GBK in China,
//! Windows-1252 in Spain, `Shift_JIS` in Japan.

use std::borrow::Cow;

use chardetng::EncodingDetector;
use encoding_rs::{Encoding, UTF_8};

/// Reads text: by its byte order mark, else as UTF-8, else as what it looks like. Says as what it was read.
///
/// `None` when it fits none: a wrong letter in a name is worse than a refusal.
pub fn decoded(file: &[u8]) -> Option<(Cow<'_, str>, &'static str)> {
    if let Some((encoding, mark)) = Encoding::for_bom(file) {
        return strict(encoding, &file[mark..]);
    }
    strict(UTF_8, file).or_else(|| {
        let mut detector = EncodingDetector::new();
        detector.feed(file, true);
        strict(detector.guess(None, false), file)
    })
}

fn strict<'a>(encoding: &'static Encoding, bytes: &'a [u8]) -> Option<(Cow<'a, str>, &'static str)> {
    let text = encoding.decode_without_bom_handling_and_without_replacement(bytes)?;
    (!text.contains('\0')).then(|| (text, encoding.name()))
}

#[cfg(test)]
mod tests {
    use encoding_rs::{GB18030, SHIFT_JIS, UTF_16LE, WINDOWS_1252};

    use super::*;

    #[test]
    fn what_spreadsheet_programs_save_is_read() {
        let sheets = [
            (GB18030, "sku,name_zh-CN\r\nLB-100,木制积木\r\n", "GBK"),
            (GB18030, "sku,name_zh-CN,text_zh-CN\r\nA,拼图,适合三岁以上儿童，附检测报告\r\n", "GBK"),
            (WINDOWS_1252, "sku,name_es\r\nM-1,Muñeca de algodón, 20 €\r\n", "windows-1252"),
            (SHIFT_JIS, "sku,name_ja\r\nA,つみきセット（木製）\r\n", "Shift_JIS"),
        ];
        for (encoding, text, name) in sheets {
            let (bytes, ..) = encoding.encode(text);
            let (read, as_what) = decoded(&bytes).unwrap();
            assert_eq!((&*read, as_what), (text, name));
        }
    }

    #[test]
    fn a_byte_order_mark_says_the_encoding() {
        assert_eq!(decoded("\u{FEFF}sku,积木".as_bytes()).unwrap(), ("sku,积木".into(), "UTF-8"));
        let text = "sku\tname_ja\r\nA\t積み木\r\n";
        let utf16: Vec<u8> = "\u{FEFF}".encode_utf16().chain(text.encode_utf16()).flat_map(u16::to_le_bytes).collect();
        assert_eq!(decoded(&utf16).unwrap(), (text.into(), UTF_16LE.name()));
    }

    #[test]
    fn what_is_no_text_is_refused() {
        assert!(decoded(b"sku\0\0\x01\x02").is_none());
        assert!(decoded(b"\xFF\xFE\x00\xD8").is_none(), "half a surrogate pair");
    }
}
