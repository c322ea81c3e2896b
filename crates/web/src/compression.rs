//! Compression of pages and assets by gzip, for the browsers that accept it.
//!
//! Pages of a session are not compressed: how long such an answer is could tell others of its secrets (BREACH).

use std::cell::RefCell;

use actix_web::http::header::{ACCEPT_ENCODING, HeaderMap};
use flate2::{Compress, Compression, Crc, FlushCompress, Status};

/// The first bytes of a file without a name and a time.
const HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

thread_local! {
    /// The tables of the compressor: to create them for each page would cost more than to compress it. The fastest level makes a tenth
    /// of a page with 300 seats.
    static COMPRESSOR: RefCell<Compress> = RefCell::new(Compress::new(Compression::fast(), false));
}

/// Returns whether an answer may be compressed.
pub(crate) fn is_accepted(headers: &HeaderMap) -> bool {
    let lines = headers.get_all(ACCEPT_ENCODING).filter_map(|value| value.to_str().ok());
    lines.flat_map(|line| line.split(',')).any(|coding| {
        let (name, quality) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let quality = quality.trim().strip_prefix("q=").and_then(|quality| quality.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && quality.is_some_and(|quality| quality > 0.0)
    })
}

/// Compresses a page. `None` when that fails, or makes it no shorter.
pub(crate) fn gzip(page: &[u8]) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(page.len());
    bytes.extend(HEADER);
    // It never writes beyond the capacity: what does not fit is not shorter.
    let status = COMPRESSOR.with_borrow_mut(|compressor| {
        compressor.reset();
        compressor.compress_vec(page, &mut bytes, FlushCompress::Finish)
    });
    if status.ok()? != Status::StreamEnd {
        return None;
    }
    let mut sum = Crc::new();
    sum.update(page);
    bytes.extend(sum.sum().to_le_bytes());
    bytes.extend(sum.amount().to_le_bytes());
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use std::io::Read as _;

    use actix_web::http::header::HeaderValue;
    use flate2::read::GzDecoder;

    use super::*;

    #[test]
    fn gzip_is_accepted_by_its_name() {
        for (accepted, is) in [
            ("gzip, deflate, br, zstd", true),
            ("br, GZIP;q=0.5", true),
            ("gzip; q=0.1", true),
            ("gzip;q=0", false),
            ("gzip;q=x", false),
            ("br", false),
            ("", false),
            ("x-gzip", false),
        ] {
            let headers = HeaderMap::from_iter([(ACCEPT_ENCODING, HeaderValue::from_str(accepted).unwrap())]);
            assert_eq!(is_accepted(&headers), is, "{accepted}");
        }
        assert!(!is_accepted(&HeaderMap::new()));
    }

    #[test]
    fn a_compressed_page_is_the_page() {
        for count in [50, 5000] {
            let page = "<input type=\"checkbox\" name=\"seat\">".repeat(count);
            let packed = gzip(page.as_bytes()).unwrap();
            let mut unpacked = String::new();
            GzDecoder::new(packed.as_slice()).read_to_string(&mut unpacked).unwrap();
            assert!(unpacked == page && packed.len() < page.len() / 3);
        }
    }

    #[test]
    fn what_gets_no_shorter_is_not_compressed() {
        assert_eq!(gzip(b""), None);
        assert_eq!(gzip(b"<p>x</p>"), None);
    }
}
