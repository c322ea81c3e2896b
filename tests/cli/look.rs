//! The options of the look of the pages.

use std::fs;

use crate::process::{Ended, Folder, program, run};

#[track_caller]
fn refused(ended: &Ended, words: &str) {
    assert_eq!((ended.code, ended.stderr.lines().count()), (Some(2), 1), "{ended:?}");
    assert!(ended.stderr.starts_with("ticketly: ") && ended.stderr.contains(words), "{words} is not in {ended:?}");
}

#[test]
fn a_cinema_gives_its_pages_a_look() {
    let folder = Folder::new();
    let [theme, logo] = ["theme.css", "logo.svg"].map(|name| folder.beside(name));
    fs::write(&theme, ":root { --accent: #004488; }\n").unwrap();
    fs::write(&logo, "<svg xmlns=\"http://www.w3.org/2000/svg\"></svg>").unwrap();
    let [theme, logo] = [&theme, &logo].map(|path| path.to_str().unwrap());
    let site = "https://a.example,https://b.example";
    let server = folder.serve(&["--theme", theme, "--logo", logo, "--allow-embedding", site, "--cinema-name", "Roxy"]);
    let answer = server.get("/");
    let page = answer.text();
    assert!(page.contains("/assets/theme-") && page.contains("alt=\"Roxy\""), "{page}");
    let policy = answer.header("Content-Security-Policy").unwrap();
    assert!(policy.ends_with("frame-ancestors https://a.example https://b.example"), "{policy}");
    assert_eq!(server.stop().stderr.lines().count(), 1, "only that it stops");
}

#[test]
fn a_wrong_look_is_refused_in_one_line() {
    let folder = Folder::new();
    let file = folder.beside("look");
    let cases: [(&str, &str, &str); 5] = [
        ("--theme", ":root {\n  --accent: red;\n}", "line 2: --accent is a colour"),
        ("--theme", ":root { --ink: #aaa; }", "WCAG 2.2 AA demands 4.5"),
        ("--theme", &" ".repeat(16 * 1024 + 1), "longer than 16 kB"),
        ("--logo", "<html>", "no SVG file in UTF-8 and no PNG file"),
        ("--logo", &" ".repeat(64 * 1024 + 1), "longer than 64 kB"),
    ];
    for (option, content, words) in cases {
        fs::write(&file, content).unwrap();
        let ended = folder.run(&["serve", option, file.to_str().unwrap()]);
        refused(&ended, words);
        refused(&ended, option);
    }
    for option in ["--theme", "--logo"] {
        refused(&folder.run(&["serve", option, "/nowhere/file"]), "No such file");
    }
    refused(&folder.run(&["serve", "--allow-embedding", "roxy.example"]), "https://cinema.example");
    refused(&folder.run(&["serve", "--allow-embedding", "*"]), "--allow-embedding");
    assert!(!folder.path().exists());
}

#[test]
fn a_look_in_the_environment_is_refused_like_its_option() {
    let folder = Folder::new();
    for (name, option) in
        [("TICKETLY_THEME", "--theme"), ("TICKETLY_LOGO", "--logo"), ("TICKETLY_ALLOW_EMBEDDING", "--allow-embedding")]
    {
        let mut command = program();
        command.args(["serve", "--data"]).arg(folder.path()).env(name, "/nowhere");
        refused(&run(command), option);
    }
}
