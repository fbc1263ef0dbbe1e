//! Mappings of a file.

use super::super::read::Entry;
use super::super::same::{free_name, is_numbered};
use super::super::{PlannedItem, SetupCode};
use super::{Here, Named, Planning};
use crate::editor::parsed;
use crate::error::Result;
use punte_mapping::Mapping;
use punte_store::ledger::{MappingRow, NewVersion};

impl Planning<'_> {
    pub(super) async fn mappings(&mut self, entries: Vec<Entry<Mapping>>, here: &[MappingRow]) -> Result<Named> {
        let mut known = Vec::new();
        for row in here.iter().filter(|row| row.version > 0) {
            let published = self.workspace.get_mapping_version(&row.id, row.version).await;
            // one that cannot be read is the same as none
            known.extend(published.ok().map(|mapping| (row, nameless(&mapping))));
        }
        let mut taken: Vec<String> = here.iter().map(|row| row.name.trim().to_lowercase()).collect();
        let mut named = Named::new();
        for Entry { at, name, read } in entries {
            let Some(mut mapping) = read else {
                named.entry(name).or_default();
                continue;
            };
            let before = self.problems.0.len();
            let is_own = self.is_own_name(&name, &at, &named);
            self.check_mapping(&mapping, &at);
            if self.problems.0.len() > before {
                if is_own {
                    named.insert(name, None);
                }
                continue;
            }
            let bare = nameless(&mapping);
            let same = || known.iter().filter(|(_, published)| *published == bare).map(|(row, _)| *row);
            let by_name = same().find(|row| row.name.trim() == name);
            let kept = by_name.or_else(|| same().find(|row| is_numbered(&row.name, &name)));
            let (id, here_name) = match kept {
                Some(row) => (row.id.clone(), row.name.clone()),
                None => {
                    mapping.name = free_name(&name, &mut taken);
                    let (id, document) = (self.workspace.new_id("map"), mapping.to_text());
                    let (author, reason) = (self.who.to_owned(), String::new());
                    let version = NewVersion { name: mapping.name.clone(), document, author, reason };
                    self.new.mappings.push((id.clone(), version));
                    (id, mapping.name.clone())
                }
            };
            let kind = "mapping".to_owned();
            let detail = count_rules(&mapping).to_string();
            let item = PlannedItem { name: here_name.clone(), kind: kind.clone(), detail, is_new: kept.is_none() };
            self.plan.mappings.push(item);
            named.insert(name, Some(Here { id, name: here_name, kind }));
        }
        Ok(named)
    }

    /// As one that is published is checked, but for every rule and not only the first wrong one.
    fn check_mapping(&mut self, mapping: &Mapping, at: &str) {
        let known = Mapping::empty("").format;
        if mapping.format != known {
            let code = if mapping.format > known { SetupCode::TooNew } else { SetupCode::WrongValue };
            return self.problems.tell(code, format!("{at}.format"), mapping.format.to_string());
        }
        for error in punte_mapping::compile(mapping).err().unwrap_or_default() {
            let block = error.block.map(|block| format!(".lines.{block}")).unwrap_or_default();
            self.problems.tell(
                SetupCode::MappingWrong,
                format!("{at}{block}.{}", error.target),
                error.problem.to_string(),
            );
        }
        if let Err(error) = parsed(&mapping.to_text()) {
            self.problems.tell(SetupCode::MappingWrong, at, error.to_string());
        }
    }
}

fn nameless(mapping: &Mapping) -> Mapping {
    Mapping { name: String::new(), ..mapping.clone() }
}

fn count_rules(mapping: &Mapping) -> usize {
    let lines: usize = mapping.lines.iter().map(|block| block.fields.len()).sum();
    mapping.client.len() + mapping.document.len() + mapping.payment.len() + lines
}
