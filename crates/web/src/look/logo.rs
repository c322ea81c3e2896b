//! The logo of a cinema.

use super::File;

/// The logo of a cinema, an SVG or PNG file. The name of the cinema is its text.
#[derive(Debug, Clone)]
pub struct Logo(pub(super) File);

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR";
/// The largest width and height of a PNG file.
const MAX_PIXELS: u32 = 4000;

impl Logo {
    /// The maximum length of a file.
    pub const MAX_LENGTH: usize = 64 * 1024;

    /// Reads the file.
    ///
    /// # Errors
    ///
    /// When it is too long, or is of another type.
    pub fn read(content: Vec<u8>) -> Result<Self, String> {
        if content.len() > Self::MAX_LENGTH {
            return Err(format!("it is longer than {} kB; make it smaller", Self::MAX_LENGTH / 1024));
        }
        if let Some(header) = content.strip_prefix(PNG) {
            let mut sizes = header.chunks_exact(4).map(|size| size.try_into().map_or(0, u32::from_be_bytes));
            let is_size = |size: Option<u32>| size.is_some_and(|size| (1..=MAX_PIXELS).contains(&size));
            return if is_size(sizes.next()) && is_size(sizes.next()) {
                Ok(Self(File::new("logo", "png", "image/png", content)))
            } else {
                Err(format!("it is not from 1 to {MAX_PIXELS} pixels wide and high"))
            };
        }
        if std::str::from_utf8(&content).is_ok_and(is_svg) {
            return Ok(Self(File::new("logo", "svg", "image/svg+xml", content)));
        }
        Err("it is no SVG file in UTF-8 and no PNG file".to_owned())
    }

    /// Returns the path.
    pub(crate) fn path(&self) -> &str {
        &self.0.path
    }
}

/// Returns whether a text begins as an SVG file does: an `svg` element after a declaration, comments and a document type. Browsers do
/// not run what is in a picture, so the rest is theirs; entities are refused, since some read much of a few.
fn is_svg(text: &str) -> bool {
    let mut rest = text.trim_start_matches('\u{feff}').trim_start();
    loop {
        let end = match rest {
            _ if rest.starts_with("<?xml") => "?>",
            _ if rest.starts_with("<!--") => "-->",
            _ if rest.starts_with("<!DOCTYPE svg") => ">",
            _ => break,
        };
        let Some((passed, after)) = rest.split_once(end) else { return false };
        if passed.contains('[') && end == ">" {
            return false;
        }
        rest = after.trim_start();
    }
    rest.strip_prefix("<svg").is_some_and(|rest| rest.starts_with([' ', '\n', '\r', '\t', '>']))
        && rest.contains("</svg>")
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A PNG file of one white pixel of this width and height, as far as its header goes.
    fn png(width: u32, height: u32) -> Vec<u8> {
        [PNG, &width.to_be_bytes(), &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat()
    }

    #[test]
    fn a_logo_is_an_svg_or_png_file() {
        for svg in [
            "<svg xmlns='http://www.w3.org/2000/svg'></svg>",
            "\u{feff}<?xml version=\"1.0\"?>\n<!-- Roxy > all -->\n<svg\nviewBox='0 0 1 1'><path/></svg>\n",
            "<!DOCTYPE svg PUBLIC \"-//W3C//DTD SVG 1.1//EN\" \"x.dtd\"><svg></svg>",
        ] {
            assert_eq!(Logo::read(svg.into()).unwrap().0.media_type, "image/svg+xml", "{svg}");
        }
        assert_eq!(Logo::read(png(400, 100)).unwrap().0.media_type, "image/png");
    }

    #[test]
    fn another_file_is_no_logo() {
        for text in [
            "",
            "<html><svg></svg></html>",
            "<svgx></svgx>",
            "<svg>",
            "<!-- <svg></svg>",
            "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg>&a;</svg>",
            "GIF89a",
            "\u{89}PNG",
        ] {
            assert!(Logo::read(text.into()).is_err(), "{text}");
        }
        for (width, height) in [(0, 1), (1, 0), (4001, 1), (1, u32::MAX)] {
            assert!(Logo::read(png(width, height)).unwrap_err().contains("4000 pixels"), "{width}");
        }
        assert!(Logo::read(PNG.into()).is_err());
        assert!(
            Logo::read([b"<svg>", &vec![b' '; Logo::MAX_LENGTH][..], b"</svg>"].concat())
                .unwrap_err()
                .contains("64 kB")
        );
        assert!(Logo::read(b"<svg>\xff</svg>".into()).is_err());
    }
}
