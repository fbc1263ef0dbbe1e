//! Romanian places as invoices want them: county names without diacritics, Bucharest by sector, countries by Romanian name.
//!
//! Source: ISO 3166-2:RO codes as WooCommerce stores them; the names that SmartBill and Oblio accept for e-Factura.

const COUNTIES: &[(&str, &str)] = &[
    ("AB", "Alba"),
    ("AR", "Arad"),
    ("AG", "Arges"),
    ("BC", "Bacau"),
    ("BH", "Bihor"),
    ("BN", "Bistrita-Nasaud"),
    ("BT", "Botosani"),
    ("BV", "Brasov"),
    ("BR", "Braila"),
    ("B", "Bucuresti"),
    ("BZ", "Buzau"),
    ("CS", "Caras-Severin"),
    ("CL", "Calarasi"),
    ("CJ", "Cluj"),
    ("CT", "Constanta"),
    ("CV", "Covasna"),
    ("DB", "Dambovita"),
    ("DJ", "Dolj"),
    ("GL", "Galati"),
    ("GR", "Giurgiu"),
    ("GJ", "Gorj"),
    ("HR", "Harghita"),
    ("HD", "Hunedoara"),
    ("IL", "Ialomita"),
    ("IS", "Iasi"),
    ("IF", "Ilfov"),
    ("MM", "Maramures"),
    ("MH", "Mehedinti"),
    ("MS", "Mures"),
    ("NT", "Neamt"),
    ("OT", "Olt"),
    ("PH", "Prahova"),
    ("SM", "Satu Mare"),
    ("SJ", "Salaj"),
    ("SB", "Sibiu"),
    ("SV", "Suceava"),
    ("TR", "Teleorman"),
    ("TM", "Timis"),
    ("TL", "Tulcea"),
    ("VS", "Vaslui"),
    ("VL", "Valcea"),
    ("VN", "Vrancea"),
];

const COUNTRIES: &[(&str, &str)] = &[
    ("RO", "Romania"),
    ("AT", "Austria"),
    ("BE", "Belgia"),
    ("BG", "Bulgaria"),
    ("CH", "Elvetia"),
    ("CY", "Cipru"),
    ("CZ", "Cehia"),
    ("DE", "Germania"),
    ("DK", "Danemarca"),
    ("EE", "Estonia"),
    ("ES", "Spania"),
    ("FI", "Finlanda"),
    ("FR", "Franta"),
    ("GB", "Regatul Unit (UK)"),
    ("GR", "Grecia"),
    ("HR", "Croatia"),
    ("HU", "Ungaria"),
    ("IE", "Irlanda"),
    ("IT", "Italia"),
    ("LT", "Lituania"),
    ("LU", "Luxemburg"),
    ("LV", "Letonia"),
    ("MD", "Moldova"),
    ("MT", "Malta"),
    ("NL", "Olanda"),
    ("NO", "Norvegia"),
    ("PL", "Polonia"),
    ("PT", "Portugalia"),
    ("RS", "Serbia"),
    ("SE", "Suedia"),
    ("SI", "Slovenia"),
    ("SK", "Slovacia"),
    ("TR", "Turcia"),
    ("UA", "Ucraina"),
    ("US", "Statele Unite ale Americii"),
];

/// Romanian letters without their marks, both the comma and the cedilla forms.
pub(crate) fn ascii(text: &str) -> String {
    text.chars()
        .map(|c| match c {
            'ă' | 'â' => 'a',
            'Ă' | 'Â' => 'A',
            'î' => 'i',
            'Î' => 'I',
            'ș' | 'ş' => 's',
            'Ș' | 'Ş' => 'S',
            'ț' | 'ţ' => 't',
            'Ț' | 'Ţ' => 'T',
            other => other,
        })
        .collect()
}

fn folded(text: &str) -> String {
    ascii(text).trim().to_ascii_lowercase()
}

/// A county's name from its code (`CJ`, `RO-CJ`) or from any spelling of its name; empty where it is none.
pub(crate) fn county(text: &str) -> &'static str {
    let wanted = folded(text);
    let code = wanted.strip_prefix("ro-").unwrap_or(&wanted);
    let name = wanted.strip_prefix("judetul ").unwrap_or(&wanted);
    let name = name.strip_prefix("municipiul ").unwrap_or(name);
    COUNTIES
        .iter()
        .find(|(known, full)| known.eq_ignore_ascii_case(code) || full.eq_ignore_ascii_case(name))
        .map_or("", |(_, full)| full)
}

/// A country's Romanian name from its ISO code, or the text itself.
pub(crate) fn country(text: &str) -> String {
    let wanted = text.trim();
    COUNTRIES
        .iter()
        .find(|(code, name)| code.eq_ignore_ascii_case(wanted) || name.eq_ignore_ascii_case(&ascii(wanted)))
        .map_or_else(|| wanted.to_owned(), |(_, name)| (*name).to_owned())
}

/// `Sector 1` … `Sector 6` from any usual spelling; empty where no sector is stated. Never guessed.
pub(crate) fn sector(city: &str) -> String {
    let text = folded(city);
    let Some(digit) = sector_digit(&text) else { return String::new() };
    format!("Sector {digit}")
}

/// The sector that a Bucharest postal code names: six digits that begin with 01 to 06. Empty where it names none.
pub(crate) fn sector_of_postcode(postcode: &str) -> String {
    let digits: Vec<u8> = postcode.bytes().filter(|byte| !byte.is_ascii_whitespace()).collect();
    match digits.as_slice() {
        [b'0', sector @ b'1'..=b'6', rest @ ..] if rest.len() == 4 && rest.iter().all(u8::is_ascii_digit) => {
            format!("Sector {}", sector - b'0')
        }
        _ => String::new(),
    }
}

fn sector_digit(text: &str) -> Option<char> {
    let words: Vec<&str> = text.split(|c: char| !c.is_ascii_alphanumeric()).filter(|word| !word.is_empty()).collect();
    let as_digit = |word: &str| {
        let mut letters = word.chars();
        letters.next().filter(|c| ('1'..='6').contains(c) && letters.next().is_none())
    };
    for (index, word) in words.iter().enumerate() {
        let stem = ["sectorul", "sector", "sect", "sec", "s"].iter().find_map(|stem| word.strip_prefix(stem));
        match stem {
            Some("") => {
                if let Some(digit) = words.get(index + 1).and_then(|next| as_digit(next)) {
                    return Some(digit);
                }
            }
            Some(rest) => {
                if let Some(digit) = as_digit(rest) {
                    return Some(digit);
                }
            }
            None => {}
        }
    }
    None
}

/// Whether an address is in Bucharest: by its state's code, or by its city where the state is not stated.
pub(crate) fn is_bucharest(state: &str, city: &str) -> bool {
    match folded(state).as_str() {
        "" => folded(city).contains("bucuresti") || folded(city).contains("bucharest") || !sector(city).is_empty(),
        stated => county(stated) == "Bucuresti",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sector_is_read_from_every_usual_spelling() {
        for (text, expected) in [
            ("S1", "Sector 1"),
            ("Sector 3", "Sector 3"),
            ("SECTOR 4", "Sector 4"),
            ("sector4", "Sector 4"),
            ("Sectorul 5", "Sector 5"),
            ("București, sect. 2", "Sector 2"),
            ("Bucureşti Sectorul 6", "Sector 6"),
            ("București", ""),
            ("Sector 7", ""),
            ("Str. Sabinelor 3", ""),
            ("Sibiu", ""),
            ("", ""),
        ] {
            assert_eq!(sector(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_postal_code_of_bucharest_names_its_sector() {
        for (postcode, expected) in
            [("010001", "Sector 1"), ("06 2345", "Sector 6"), ("070001", ""), ("400001", ""), ("10001", ""), ("", "")]
        {
            assert_eq!(sector_of_postcode(postcode), expected, "{postcode:?}");
        }
    }

    #[test]
    fn counties_by_code_and_by_name() {
        assert_eq!(county("CJ"), "Cluj");
        assert_eq!(county("RO-TM"), "Timis");
        assert_eq!(county("Timiș"), "Timis");
        assert_eq!(county("judetul Iaşi"), "Iasi");
        assert_eq!(county("Bavaria"), "");
        assert_eq!(COUNTIES.len(), 42);
    }

    #[test]
    fn countries_by_code() {
        assert_eq!(country("RO"), "Romania");
        assert_eq!(country("România"), "Romania");
        assert_eq!(country("fr"), "Franta");
        assert_eq!(country("JP"), "JP", "an unknown one is left as the shop has it");
    }
}
