//! Cells of tables for spreadsheets, by RFC 4180.

/// Writes a text as a cell. A text that a spreadsheet would take for a formula gets an apostrophe, which shows it as a text.
#[must_use]
pub fn cell(text: &str) -> String {
    let is_formula = text.trim_start().starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let safe = if is_formula { format!("'{text}") } else { text.to_owned() };
    if safe.contains(['"', ',', '\r', '\n', ';', '\t']) || safe != safe.trim() {
        return format!("\"{}\"", safe.replace('"', "\"\""));
    }
    safe
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_quoted_and_are_no_formulas() {
        for (text, expected) in [
            ("Skyfall", "Skyfall"),
            ("Tora! Tora! Tora!", "Tora! Tora! Tora!"),
            ("Good, bad", "\"Good, bad\""),
            ("The \"Room\"", "\"The \"\"Room\"\"\""),
            ("=1+1", "'=1+1"),
            ("=HYPERLINK(\"x\",1)", "\"'=HYPERLINK(\"\"x\"\",1)\""),
            ("+1", "'+1"),
            ("-1", "'-1"),
            ("@SUM(A1)", "'@SUM(A1)"),
            ("＝1", "'＝1"),
            ("8 ½", "8 ½"),
            ("a;b", "\"a;b\""),
            ("'=1", "'=1"),
            ("", ""),
        ] {
            assert_eq!(cell(text), expected, "{text:?}");
        }
    }
}
