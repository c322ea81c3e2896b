//! QR codes as pictures.

use std::fmt::Write as _;

use maud::{Markup, html};
use qrcodegen::{QrCode, QrCodeEcc};

/// The width of the light edge that readers need, in modules.
const QUIET: i32 = 4;

/// Draws a text as a QR code with this name for those who cannot see it. `None` for a text that is too long for one.
///
/// It is dark on light in every theme: many readers do not find a code that is inverted.
pub(crate) fn draw(text: &str, name: &str) -> Option<Markup> {
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).ok()?;
    let size = code.size() + 2 * QUIET;
    Some(html! {
        svg.qr viewBox=(format!("0 0 {size} {size}")) role="img" aria-label=(name) shape-rendering="crispEdges" {
            rect width=(size) height=(size) fill="#fff" {}
            path d=(outline(&code)) fill="#000" {}
        }
    })
}

/// Returns the path around the dark modules: a rectangle for each run of a row.
fn outline(code: &QrCode) -> String {
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count();
            let run = i32::try_from(run).unwrap_or_default();
            if run > 0 {
                // Writing to a `String` does not fail.
                let _ = write!(path, "M{} {}h{run}v1h-{run}z", x + QUIET, y + QUIET);
            }
            x += run + 1;
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Reads the modules of a path back, with the light edge.
    fn modules(svg: &str, size: i32) -> Vec<(i32, i32)> {
        let path = svg.split(r#"path d=""#).nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let runs = path.split('M').skip(1).map(|run| {
            let numbers: Vec<i32> =
                run.split(|digit: char| !digit.is_ascii_digit()).filter_map(|text| text.parse().ok()).collect();
            assert_eq!((numbers[3], numbers[4]), (1, numbers[2]), "{run}");
            (numbers[0], numbers[1], numbers[2])
        });
        let modules: Vec<_> = runs.flat_map(|(x, y, run)| (x..x + run).map(move |x| (x, y))).collect();
        assert!(modules.iter().all(|(x, y)| (QUIET..size - QUIET).contains(x) && (QUIET..size - QUIET).contains(y)));
        modules
    }

    #[test]
    fn the_path_has_the_modules_of_the_code() {
        let text = "AEAAAAAB2345".repeat(11) + "ABCD";
        let code = QrCode::encode_text(&text, QrCodeEcc::Medium).unwrap();
        let svg = draw(&text, "Row A, seat 1").unwrap().into_string();
        assert_eq!((code.size(), svg.contains("0 0 49 49")), (41, true), "a code of a ticket");
        let expected = (0..41).flat_map(|y| (0..41).map(move |x| (x, y)));
        let expected: Vec<_> =
            expected.filter(|(x, y)| code.get_module(*x, *y)).map(|(x, y)| (x + QUIET, y + QUIET)).collect();
        assert_eq!(modules(&svg, 49), expected);
        assert!(svg.contains(r#"role="img" aria-label="Row A, seat 1""#));
    }

    #[test]
    fn what_is_too_long_for_a_code_is_not_drawn() {
        assert!(draw(&"x".repeat(3000), "").is_none());
    }
}
