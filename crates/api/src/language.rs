//! The language of a person who chose none.

/// `ro` where the system speaks Romanian, else `en`: what the screens show, too, until somebody chooses.
pub fn system_language() -> &'static str {
    language_of(sys_locale::get_locale().as_deref())
}

fn language_of(locale: Option<&str>) -> &'static str {
    match locale {
        Some(locale) if locale.to_lowercase().starts_with("ro") => "ro",
        _ => "en",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_romanian_system_speaks_romanian() {
        for (locale, language) in
            [(Some("ro-RO"), "ro"), (Some("ro"), "ro"), (Some("en-GB"), "en"), (Some("de-DE"), "en"), (None, "en")]
        {
            assert_eq!(language_of(locale), language, "{locale:?}");
        }
    }
}
