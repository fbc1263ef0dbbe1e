//! The file's text: in a stable order, with what a person has to know about it at its top.

use super::file::{Carried, CarriedConnection};
use punte_mapping::Mapping;
use serde::Serialize;
use toml::ser::{Error, to_string_pretty};

const ABOUT: &str = "\
# Set-up of a Punte workspace: its connections, mappings and flows.
# It holds no credential, and nothing of any order, client or person.
#
# For a second company, put its own in place of every `company` (tax id), every `series` and every shop's `address`, or
# leave the file as it is and say at its import what becomes what:
#   punte-cli setup import FILE --company OLD=NEW --series OLD=NEW
# Once it is in, every connection waits for its credential, and every flow is switched off.
#
# Configurarea unui spațiu de lucru Punte: conexiuni, mapări și fluxuri.
# Nu conține date de acces și nimic despre vreo comandă, vreun client sau vreo persoană.
#
# Pentru a doua firmă, înlocuiți fiecare `company` (CUI), fiecare `series` și fiecare `address` de magazin cu ale ei, sau
# lăsați fișierul așa și spuneți la import ce se înlocuiește cu ce:
#   punte-cli setup import FIȘIER --company VECHI=NOU --series VECHI=NOU
# După import, fiecare conexiune își așteaptă datele de acces, iar fiecare flux este oprit.
";
/// Above a connection whose address is of the machine at hand.
const ADDRESS_HERE: &str = "\
# Its address was on the computer that wrote this file, and is left out.
# Adresa ei era pe calculatorul care a scris fișierul și este omisă.
";

/// One table or entry, under its name.
#[derive(Default, Serialize)]
struct Part<'p> {
    #[serde(skip_serializing_if = "Option::is_none")]
    punte: Option<&'p super::file::CarriedHead>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    connections: &'p [CarriedConnection],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    mappings: &'p [Mapping],
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    flows: &'p [super::file::CarriedFlow],
}

/// The whole text. `is_here` tells of a connection, by its place, that its address was left out.
pub(super) fn text_of(carried: &Carried, is_here: &[bool]) -> Result<String, Error> {
    let mut text = format!("{ABOUT}\n{}", to_string_pretty(&Part { punte: Some(&carried.punte), ..Part::default() })?);
    let mut add = |note: &str, part: Part<'_>| -> Result<(), Error> {
        text.push('\n');
        text.push_str(note);
        text.push_str(&to_string_pretty(&part)?);
        Ok(())
    };
    for (at, connection) in carried.connections.iter().enumerate() {
        let note = if is_here.get(at).copied().unwrap_or_default() { ADDRESS_HERE } else { "" };
        add(note, Part { connections: std::slice::from_ref(connection), ..Part::default() })?;
    }
    for mapping in &carried.mappings {
        add("", Part { mappings: std::slice::from_ref(mapping), ..Part::default() })?;
    }
    for flow in &carried.flows {
        add("", Part { flows: std::slice::from_ref(flow), ..Part::default() })?;
    }
    Ok(text)
}
