//! What is kept or shown of an exchange never holds a secret, however the other side writes it back: a proxy's error page
//! may quote the whole request, its headers and its form too.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use punte_domain::Failure;
use secrecy::{ExposeSecret, SecretString};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use url::form_urlencoded;

const MASK: &str = "•••";
/// Bytes of a secret, or of the beginning of one where a text was cut; shorter ones would mask ordinary words.
const SHORTEST: usize = 6;
/// Spellings of tokens that are remembered: of the one in use, and of those before it that may still be quoted.
const TOKENS: usize = 8;

/// The secrets of one connection.
pub(crate) struct Mask {
    /// Every way in which the secret is written.
    forms: Vec<SecretString>,
    tokens: Mutex<VecDeque<SecretString>>,
}

impl Mask {
    pub(crate) fn new(account: &str, secret: &SecretString) -> Mask {
        let raw = secret.expose_secret();
        let mut forms = forms_of(raw);
        if !raw.is_empty() {
            forms.push(STANDARD_NO_PAD.encode(format!("{account}:{raw}")));
        }
        Mask { forms: forms.into_iter().map(SecretString::from).collect(), tokens: Mutex::default() }
    }

    /// A token that was given for the secret: as secret as that.
    pub(crate) fn learn(&self, token: &SecretString) {
        let mut tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        if tokens.iter().any(|known| known.expose_secret() == token.expose_secret()) {
            return;
        }
        tokens.extend(forms_of(token.expose_secret()).into_iter().map(SecretString::from));
        while tokens.len() > TOKENS {
            tokens.pop_front();
        }
    }

    /// The text without any of them.
    pub(crate) fn text(&self, mut text: String) -> String {
        let tokens = self.tokens.lock().unwrap_or_else(PoisonError::into_inner);
        for secret in self.forms.iter().chain(tokens.iter()) {
            let secret = secret.expose_secret();
            if text.contains(secret) {
                text = text.replace(secret, MASK);
            }
            if let Some(kept) = without_beginning(&text, secret) {
                text.truncate(kept);
                text.push_str(MASK);
            }
        }
        text
    }

    /// The failure with nothing secret in what the other side said.
    pub(crate) fn failure(&self, mut failure: Failure) -> Failure {
        failure.provider_words = failure.provider_words.map(|words| self.text(words));
        failure.detail = failure.detail.map(|detail| self.text(detail));
        failure
    }
}

/// A secret as it is, and as forms, addresses, JSON and pages write it.
fn forms_of(raw: &str) -> Vec<String> {
    if raw.len() < SHORTEST {
        return Vec::new();
    }
    let form: String = form_urlencoded::byte_serialize(raw.as_bytes()).collect();
    let json = serde_json::Value::from(raw).to_string();
    let html = raw.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;");
    let mut forms = vec![raw.to_owned()];
    for form in [form.replace('+', "%20"), form, json.trim_matches('"').to_owned(), html] {
        if !forms.contains(&form) {
            forms.push(form);
        }
    }
    forms
}

/// Where the text ends in the beginning of a secret, for it was cut there: the length of what stands before that.
fn without_beginning(text: &str, secret: &str) -> Option<usize> {
    let beginnings = (SHORTEST..secret.len()).rev().filter_map(|length| secret.get(..length));
    beginnings.into_iter().find(|beginning| text.ends_with(beginning)).map(|beginning| text.len() - beginning.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECRET: &str = r#"s3cr3t+/&"word"#;

    fn mask() -> Mask {
        Mask::new("ana@example.com", &SecretString::from(SECRET))
    }

    #[test]
    fn a_secret_is_masked_however_it_is_written() {
        for written in [
            SECRET.to_owned(),
            "Basic YW5hQGV4YW1wbGUuY29tOnMzY3IzdCsvJiJ3b3Jk".to_owned(),
            "client_secret=s3cr3t%2B%2F%26%22word&grant_type=x".to_owned(),
            r#"{"key":"s3cr3t+/&\"word"}"#.to_owned(),
            "<td>s3cr3t+/&amp;&quot;word</td>".to_owned(),
        ] {
            let text = mask().text(format!("echo: {written}."));
            assert!(text.contains(MASK) && !text.contains("word") && !text.contains("YW5h"), "{written}: {text}");
        }
    }

    #[test]
    fn a_secret_that_was_cut_is_masked_too_and_a_short_one_leaves_words_alone() {
        assert_eq!(mask().text("echo: s3cr3t+".into()), "echo: •••");
        assert_eq!(mask().text("echo: Basic YW5hQGV4YW1".into()), "echo: Basic •••");
        let short = Mask::new("ana", &SecretString::from("nu"));
        assert_eq!(short.text("nu exista document".into()), "nu exista document");
    }

    #[test]
    fn tokens_are_learned_once_and_the_oldest_forgotten() {
        let mask = mask();
        for at in 0..10 {
            mask.learn(&SecretString::from(format!("token-number-{at}")));
            mask.learn(&SecretString::from(format!("token-number-{at}")));
        }
        assert_eq!(mask.tokens.lock().unwrap().len(), TOKENS);
        assert_eq!(mask.text("token-number-9 token-number-6".into()), "••• •••");
    }
}
