//! What a page's script finds in the page, and which inline scripts a built page has.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;

/// JSON that cannot end the script element it stands in (HTML 4.12.1.3).
pub fn as_script(value: &Value) -> String {
    value.to_string().replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// `'sha256-…'` of each inline script, for the content policy (CSP 3, 6.7.3).
pub fn inline_script_hashes(html: &[u8]) -> Vec<String> {
    let html = String::from_utf8_lossy(html);
    html.split("<script")
        .skip(1)
        .filter_map(|rest| {
            let (attributes, rest) = rest.split_once('>')?;
            let (script, _) = rest.split_once("</script>")?;
            let runs = !attributes.contains("src=") && !attributes.contains("application/json");
            runs.then(|| format!("'sha256-{}'", STANDARD.encode(digest(&SHA256, script.as_bytes()))))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_cannot_end_the_script_it_stands_in() {
        let script = as_script(&serde_json::json!({"title": "</script><script>alert(1)"}));
        assert!(!script.contains("</script"));
        assert_eq!(serde_json::from_str::<Value>(&script).unwrap()["title"], "</script><script>alert(1)");
    }

    #[test]
    fn only_scripts_that_run_inline_are_hashed() {
        let html = b"<script src=\"a.js\"></script><script type=\"application/json\">{}</script><script>\n1</script>";
        assert_eq!(inline_script_hashes(html).len(), 1);
    }
}
