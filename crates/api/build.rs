//! Extracts the two files of Swagger UI that the documentation page needs from the vendored archive into `OUT_DIR`, as
//! gzip.
//!
//! An entry of a zip archive and a gzip file contain the same compressed bytes, so nothing is decompressed: only the
//! header and the trailer change.

use std::error::Error;
use std::io::{Cursor, Read};
use std::path::Path;

use utoipa_swagger_ui_vendored::SWAGGER_UI_VENDORED;
use zip::{CompressionMethod, ZipArchive};

const FILES: [&str; 2] = ["swagger-ui-bundle.js", "swagger-ui.css"];
const GZIP_HEADER: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = std::env::var("OUT_DIR")?;
    let mut archive = ZipArchive::new(Cursor::new(SWAGGER_UI_VENDORED))?;
    for file in FILES {
        let gzip = gzip_of(&mut archive, &format!("/dist/{file}"))?;
        std::fs::write(Path::new(&out).join(format!("{file}.gz")), gzip)?;
    }
    Ok(())
}

fn gzip_of(archive: &mut ZipArchive<Cursor<&[u8]>>, ending: &str) -> Result<Vec<u8>, Box<dyn Error>> {
    let index = (0..archive.len())
        .find(|&index| archive.name_for_index(index).is_some_and(|name| name.is_ok_and(|name| name.ends_with(ending))))
        .ok_or_else(|| format!("the archive holds no {ending}"))?;
    let mut entry = archive.by_index_raw(index)?;
    if entry.compression() != CompressionMethod::DEFLATE {
        return Err(format!("{ending} is not deflated").into());
    }
    let mut gzip = GZIP_HEADER.to_vec();
    entry.read_to_end(&mut gzip)?;
    gzip.extend(entry.crc32().to_le_bytes());
    gzip.extend(u32::try_from(entry.size())?.to_le_bytes());
    Ok(gzip)
}
