//! Puts the assets and the languages into the program: each asset under a name with a hash of its content, so that browsers may keep it
//! for ever, and compressed too, and each message of the English texts as a constant, so that a text that does not exist does not compile.

use std::error::Error;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use flate2::Compression;
use flate2::write::GzEncoder;
use sha2::{Digest as _, Sha256};

const DEFAULT_LANGUAGE: &str = "en";
/// How the texts of months and the like begin.
const FAMILIES: [&str; 3] = ["genre-", "month-", "weekday-"];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo::rerun-if-changed=build.rs");
    let out = PathBuf::from(std::env::var("OUT_DIR")?);
    fs::write(out.join("assets.rs"), assets(&files("assets")?, &out)?)?;
    fs::write(out.join("locales.rs"), locales(&files("locales")?)?)?;
    Ok(())
}

/// Returns the files of a folder of this crate, in the order of their names.
fn files(folder: &str) -> Result<Vec<PathBuf>, Box<dyn Error>> {
    println!("cargo::rerun-if-changed={folder}");
    let folder = Path::new(&std::env::var("CARGO_MANIFEST_DIR")?).join(folder);
    let mut files = fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<Result<Vec<_>, std::io::Error>>()?;
    files.sort();
    Ok(files)
}

fn parts(file: &Path) -> Result<(&str, &str), String> {
    let stem = file.file_stem().and_then(std::ffi::OsStr::to_str);
    let ending = file.extension().and_then(std::ffi::OsStr::to_str);
    stem.zip(ending).ok_or_else(|| format!("{} has no name", file.display()))
}

fn assets(files: &[PathBuf], out: &Path) -> Result<String, Box<dyn Error>> {
    let (mut source, mut all) = (String::new(), String::new());
    for file in files {
        let (stem, ending) = parts(file)?;
        let media_type = match ending {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "svg" => "image/svg+xml",
            other => return Err(format!("an asset has the ending {other}").into()),
        };
        let content = fs::read(file)?;
        let digest = Sha256::digest(&content);
        let hash = digest.iter().take(6).fold(String::new(), |hash, byte| format!("{hash}{byte:02x}"));
        let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
        gzip.write_all(&content)?;
        let compressed = out.join(format!("{stem}.{ending}.gz"));
        fs::write(&compressed, gzip.finish()?)?;
        let [file, compressed] = [file, &compressed].map(|path| path.display().to_string());
        let (name, path) =
            (format!("{stem}_{ending}").to_uppercase().replace('-', "_"), format!("/assets/{stem}-{hash}.{ending}"));
        writeln!(
            source,
            "/// `{stem}.{ending}`\npub(crate) const {name}: Asset = Asset {{ path: {path:?}, media_type: {media_type:?}, \
             content: include_bytes!({file:?}), gzip: include_bytes!({compressed:?}) }};"
        )?;
        write!(all, "{name}, ")?;
    }
    writeln!(source, "const ALL: &[Asset] = &[{all}];")?;
    Ok(source)
}

fn locales(files: &[PathBuf]) -> Result<String, Box<dyn Error>> {
    let (mut source, mut all) = (String::new(), String::new());
    for file in files {
        let (language, _) = parts(file)?;
        let shown = file.display().to_string();
        write!(all, "({language:?}, include_str!({shown:?})), ")?;
        if language != DEFAULT_LANGUAGE {
            continue;
        }
        let text = fs::read_to_string(file)?;
        source.push_str("/// The texts.\npub(crate) mod texts {\n    use super::Text;\n");
        let names = text.lines().filter_map(|line| line.split_once(" =")).map(|(name, _)| name);
        // Those of the families are found by their whole names.
        let is_text = |name: &&str| name.starts_with(|first: char| first.is_ascii_lowercase());
        let is_of_family = |name: &&str| FAMILIES.iter().any(|family| name.starts_with(family));
        for name in names.filter(is_text).filter(|name| !is_of_family(name)) {
            writeln!(source, "    pub(crate) const {}: Text = Text({name:?});", name.to_uppercase().replace('-', "_"))?;
        }
        source.push_str("}\n");
    }
    writeln!(source, "const LOCALES: &[(&str, &str)] = &[{all}];")?;
    writeln!(source, "const DEFAULT_LANGUAGE: &str = {DEFAULT_LANGUAGE:?};")?;
    Ok(source)
}
