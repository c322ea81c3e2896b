//! The values of the variable that names the engine.

use ticketly_dynamo_tests::Target;

#[test]
fn an_engine_is_named_by_aws_or_by_its_address() {
    assert_eq!(Target::parse("aws"), Ok(Target::Aws));
    for address in ["http://127.0.0.1:8000", "http://localhost:8000/", "http://[::1]:8000"] {
        assert_eq!(Target::parse(address), Ok(Target::At(address.to_owned())));
    }
    let wrong =
        ["", "AWS", "yes", "dynoxide", "localhost:8000", "http://", "http://localhost", "http://localhost:port"];
    for wrong in wrong.into_iter().chain(["http://:8000", "https://localhost:8000", "http://localhost:8000/path"]) {
        let why = Target::parse(wrong).unwrap_err();
        assert!(why.starts_with("should be aws, or ") && why.ends_with(&format!("not {wrong:?}")), "{why}");
    }
}
