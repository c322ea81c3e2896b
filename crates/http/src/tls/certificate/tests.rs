use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rcgen::{CertificateParams, KeyPair, date_time_ymd};

use super::*;

fn pem(label: &str, der: &[u8]) -> String {
    let lines: Vec<_> =
        STANDARD.encode(der).as_bytes().chunks(64).map(|line| str::from_utf8(line).unwrap().to_owned()).collect();
    format!("-----BEGIN {label}-----\n{}\n-----END {label}-----\n", lines.join("\n"))
}

/// Returns the PEM of a certificate that ends at the end of 2031, and the DER of its key.
fn made() -> (String, Vec<u8>) {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["cinema.example".to_owned()]).unwrap();
    params.not_after = date_time_ymd(2031, 12, 31);
    (pem("CERTIFICATE", params.self_signed(&key).unwrap().der()), key.serialize_der())
}

fn read(chain: &str, key: &str) -> Result<Certificate, Unusable> {
    Certificate::from_pem(chain.as_bytes(), key.as_bytes())
}

#[test]
fn keys_of_both_forms_fit_their_certificate() {
    let (chain, key) = made();
    // PKCS#8 holds the SEC1 form at its end: a sequence of 107 bytes.
    let sec1 = &key[key.windows(4).position(|bytes| bytes == [0x04, 0x6d, 0x30, 0x6b]).unwrap() + 2..][..0x6d];
    for key in [pem("PRIVATE KEY", &key), pem("EC PRIVATE KEY", sec1)] {
        let certificate = read(&chain, &key).unwrap();
        assert_eq!(certificate.ends().unwrap().to_rfc3339(), "2031-12-31T00:00:00+00:00");
        // Both may be in one file, and text around them.
        let both = format!("Subject: CN=cinema.example\n{key}{chain}");
        assert_eq!(read(&both, &both).unwrap().ends(), certificate.ends());
    }
}

#[test]
fn the_end_of_an_ended_certificate_is_known() {
    let key = KeyPair::generate().unwrap();
    let mut params = CertificateParams::new(vec!["cinema.example".to_owned()]).unwrap();
    (params.not_before, params.not_after) = (date_time_ymd(2001, 1, 1), date_time_ymd(2001, 3, 1));
    params.is_ca = rcgen::IsCa::Ca(rcgen::BasicConstraints::Unconstrained);
    let chain = pem("CERTIFICATE", params.self_signed(&key).unwrap().der());
    let certificate = read(&chain, &pem("PRIVATE KEY", &key.serialize_der())).unwrap();
    assert_eq!(certificate.ends().unwrap().to_rfc3339(), "2001-03-01T00:00:00+00:00");
}

#[test]
fn a_key_of_another_certificate_is_a_mismatch() {
    let ((chain, _), (_, other)) = (made(), made());
    assert_eq!(read(&chain, &pem("PRIVATE KEY", &other)).unwrap_err(), Unusable::Mismatch);
}

#[test]
fn what_is_no_pem_is_named() {
    let (chain, der) = made();
    let key = pem("PRIVATE KEY", &der);
    for wrong in ["", "nonsense", &key, &chain[..chain.len() / 2], &chain.replace('M', "!"), &pem("CERTIFICATE", b"no")]
    {
        assert!(matches!(read(wrong, &key), Err(Unusable::Chain(_))), "{wrong}");
    }
    let encrypted = pem("ENCRYPTED PRIVATE KEY", &der);
    for wrong in ["", "nonsense", &chain, &key[..key.len() / 2], &encrypted, &pem("PRIVATE KEY", b"no")] {
        let error = read(&chain, wrong).unwrap_err();
        assert!(matches!(error, Unusable::Key(_)), "{wrong}: {error:?}");
    }
}
