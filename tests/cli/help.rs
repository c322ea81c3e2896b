//! Help, version and the printed document.

use serde_json::Value;

use crate::process::{Folder, program, run};

#[test]
fn help_names_the_variable_of_every_option() {
    let mut seen = 0;
    let is_option = |word: &str| {
        word.strip_prefix("--").is_some_and(|name| name.bytes().all(|c| c.is_ascii_lowercase() || c == b'-'))
    };
    let commands = [
        "",
        "serve",
        "expire",
        "archive",
        "erase",
        "backup",
        "restore",
        "verify",
        "copy",
        "openapi",
        "key",
        "key new",
        "key add",
        "key list",
        "key revoke",
        "plan check",
        "plan import",
        "table create",
        "table upgrade",
    ];
    for command in commands {
        let mut help = program();
        help.args(command.split_whitespace()).arg("--help");
        let ended = run(help);
        assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""), "{ended:?}");
        let text = ended.stdout.split_whitespace().collect::<Vec<_>>().join(" ");
        let options = ended.stdout.lines().filter_map(|line| line.trim_start().split(' ').find(|word| is_option(word)));
        for option in options.filter(|option| !["--help", "--version"].contains(option)) {
            let variable = format!("[env: TICKETLY_{}", option[2..].to_uppercase().replace('-', "_"));
            // The value of a secret is not shown.
            let is_named = ["=", "]"].iter().any(|end| text.contains(&format!("{variable}{end}")));
            assert!(is_named, "{command} --help has {option}, not {variable}");
            seen += 1;
        }
    }
    assert!(seen > 30, "{seen} options");
}

#[test]
fn the_version_is_printed_with_the_programs_name() {
    let mut version = program();
    version.arg("--version");
    let ended = run(version);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    assert_eq!(ended.stdout, format!("ticketly {}\n", env!("CARGO_PKG_VERSION")));
}

#[test]
fn the_printed_document_is_the_one_that_is_served() {
    let mut openapi = program();
    openapi.arg("openapi");
    let ended = run(openapi);
    assert_eq!((ended.code, ended.stderr.as_str()), (Some(0), ""));
    let printed: Value = serde_json::from_str(&ended.stdout).unwrap();
    let server = Folder::new().serve(&[]);
    assert!(printed["paths"].as_object().unwrap().contains_key("/v1/bookings"));
    assert_eq!(server.get("/openapi.json").expect(200), printed);
}
