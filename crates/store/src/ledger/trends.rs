//! What was issued and what did not go, day by day, out of indexes alone.

use super::Ledger;
use crate::error::Result;
use std::collections::BTreeMap;

/// A day in figures.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DayTotals {
    pub from_ms: i64,
    pub issued: u32,
    /// Sums of what was issued, by currency, net of what was taken back.
    pub totals: BTreeMap<String, i64>,
    /// Of the documents that were created on the day, those that are held or in doubt now.
    pub failed: u32,
}

impl Ledger {
    /// By the days that start at these instants; the last one is open.
    pub async fn sum_by_day(&self, starts_ms: Vec<i64>) -> Result<Vec<DayTotals>> {
        self.read(move |c| {
            let mut issued = c.prepare_cached(
                "SELECT currency, count(*), sum(total_minor) FROM documents INDEXED BY documents_issued_at
                 WHERE issued_ms >= ?1 AND issued_ms < ?2 AND role <> 'proforma' AND state IN ('issued', 'reversed') GROUP BY currency",
            )?;
            let mut failed = c.prepare_cached(
                "SELECT count(*) FROM documents INDEXED BY documents_failed_at
                 WHERE state IN ('held', 'in_doubt') AND created_ms >= ?1 AND created_ms < ?2",
            )?;
            let mut days = Vec::new();
            for (at, from) in starts_ms.iter().enumerate() {
                let to = starts_ms.get(at + 1).copied().unwrap_or(i64::MAX);
                let mut day = DayTotals { from_ms: *from, ..DayTotals::default() };
                let rows = issued.query_map([*from, to], |row| {
                    Ok((row.get::<_, String>(0)?, row.get::<_, u32>(1)?, row.get::<_, i64>(2)?))
                })?;
                for row in rows {
                    let (currency, count, sum) = row?;
                    day.issued += count;
                    day.totals.insert(currency, sum);
                }
                day.failed = failed.query_row([*from, to], |row| row.get(0))?;
                days.push(day);
            }
            Ok(days)
        })
        .await
    }
}
