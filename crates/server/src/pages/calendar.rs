//! A show as an entry for the reader's calendar (RFC 5545).

use kernel::Instant;
use serde_json::Value;

pub const TYPE: &str = "text/calendar; charset=utf-8";

/// A line holds at most so many bytes (3.1).
const LINE_BYTES: usize = 75;

/// The file for `show` as the API tells it, whose page is at `url`.
pub fn of(show: &Value, url: &str, now: Instant) -> String {
    let text = |key: &str| escaped(show[key].as_str().unwrap_or_default());
    let starts_at = show["starts_at"].as_str().and_then(|at| at.parse().ok()).unwrap_or(now);
    let said = text("text");
    let description = if said.is_empty() { escaped(url) } else { format!("{said}\\n\\n{}", escaped(url)) };
    let lines = [
        "BEGIN:VCALENDAR".to_owned(),
        "VERSION:2.0".to_owned(),
        "PRODID:-//Livefair//Livefair//EN".to_owned(),
        "BEGIN:VEVENT".to_owned(),
        format!("UID:{}@livefair", text("id")),
        format!("DTSTAMP:{}", utc(now)),
        format!("DTSTART:{}", utc(starts_at)),
        // How long a show takes is not known before: an hour keeps the time free.
        "DURATION:PT1H".to_owned(),
        format!("SUMMARY:{}", text("title")),
        format!("DESCRIPTION:{description}"),
        format!("URL:{url}"),
        "END:VEVENT".to_owned(),
        "END:VCALENDAR".to_owned(),
    ];
    lines.iter().map(|line| folded(line)).collect()
}

fn utc(at: Instant) -> String {
    at.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text value (3.3.11).
fn escaped(text: &str) -> String {
    let mut safe = String::with_capacity(text.len());
    for letter in text.chars().filter(|letter| *letter != '\r') {
        match letter {
            '\n' => safe.push_str("\\n"),
            '\\' | ';' | ',' => safe.extend(['\\', letter]),
            _ => safe.push(letter),
        }
    }
    safe
}

/// The line with its end, broken where it is too long, never within a letter.
fn folded(line: &str) -> String {
    let mut lines = String::with_capacity(line.len() + 8);
    let mut bytes = 0;
    for letter in line.chars() {
        if bytes + letter.len_utf8() > LINE_BYTES {
            lines.push_str("\r\n ");
            bytes = 1;
        }
        lines.push(letter);
        bytes += letter.len_utf8();
    }
    lines + "\r\n"
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_calendar_finds_the_hour_and_the_words_of_a_show() {
        let show = json!({
            "id": "0190", "title": "Toys, tiles; more\\", "text": "积木新品发布".repeat(8) + "\n- all",
            "starts_at": "2026-05-13T09:30:00Z"
        });
        let now = "2026-05-01T00:00:00Z".parse().unwrap();
        let file = of(&show, "https://fair.example/e/0190?lang=en", now);
        assert!(file.split("\r\n").all(|line| line.len() <= LINE_BYTES));
        assert!(!file.replace("\r\n", "").contains(['\r', '\n']));
        let whole = file.replace("\r\n ", "");
        assert!(whole.contains("DTSTART:20260513T093000Z\r\n"), "{whole}");
        assert!(whole.contains("SUMMARY:Toys\\, tiles\\; more\\\\\r\n"), "{whole}");
        assert!(whole.contains("\\n- all\\n\\nhttps://fair.example/e/0190?lang=en\r\n"), "{whole}");
    }
}
