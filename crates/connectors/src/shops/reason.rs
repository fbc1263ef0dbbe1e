//! Why an order, a row or a whole file is not taken: a code whose words are in the catalogues (`imports.reason`), and facts.

use punte_domain::MoneyError;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fmt;

macro_rules! codes {
    ($($variant:ident => $code:literal [$($fact:literal),*]),+ $(,)?) => {
        /// Everything that keeps something from being taken.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum ReasonCode { $(#[serde(rename = $code)] $variant),+ }

        impl ReasonCode {
            pub const ALL: &'static [ReasonCode] = &[$(ReasonCode::$variant),+];

            /// Catalogue key.
            pub fn as_str(self) -> &'static str {
                match self { $(ReasonCode::$variant => $code),+ }
            }

            /// The facts that its words may name.
            pub fn facts(self) -> &'static [&'static str] {
                match self { $(ReasonCode::$variant => &[$($fact),*]),+ }
            }
        }
    };
}

codes! {
    // of a field, whoever wrote it
    Missing => "missing" [],
    Blank => "blank" [],
    NotAnObject => "not_an_object" [],
    NotAList => "not_a_list" [],
    NotAnAmount => "not_an_amount" [],
    NotANumber => "not_a_number" ["text"],
    AmountTooLarge => "amount_too_large" ["amount"],
    BelowZero => "below_zero" ["amount"],
    UnknownCurrency => "unknown_currency" ["text"],
    NotAnInstant => "not_an_instant" ["text"],
    NotADate => "not_a_date" ["text"],
    NotAnId => "not_an_id" ["text"],
    NotScalar => "not_scalar" [],
    NotPrintable => "not_printable" [],
    TooLong => "too_long" ["text", "most"],
    IdTwice => "id_twice" ["text"],
    NoLines => "no_lines" [],
    NotWholeMinor => "not_whole_minor" ["amount"],
    NotUnixTime => "not_unix_time" [],
    Subscription => "subscription" [],
    SessionGone => "session_gone" [],
    OrderEdited => "order_edited" [],
    // of a cell
    CellError => "cell_error" ["text"],
    CellTooManyDigits => "cell_too_many_digits" ["text"],
    CellIsDate => "cell_is_date" [],
    DateForNumber => "date_for_number" ["text"],
    NumberForDate => "number_for_date" ["text"],
    TwoNumbers => "two_numbers" ["text", "one", "other"],
    OtherDecimals => "other_decimals" ["text", "mark"],
    DayOrMonth => "day_or_month" ["text"],
    BadYear => "bad_year" ["text"],
    NotARate => "not_a_rate" ["text"],
    NeitherYesNorNo => "neither_yes_nor_no" ["text"],
    PartsOfCent => "parts_of_cent" ["amount", "currency"],
    // of a row
    CellTooLong => "cell_too_long" ["most"],
    RowTooLong => "row_too_long" ["most"],
    RowWithoutEnd => "row_without_end" ["most"],
    NotItsEncoding => "not_its_encoding" ["encoding"],
    BrokenOff => "broken_off" ["words"],
    TooManyCells => "too_many_cells" ["cells", "headings"],
    // of an order's rows
    RowsApart => "rows_apart" ["line"],
    RowsDiffer => "rows_differ" ["one", "one_line", "other", "other_line"],
    TooManyRows => "too_many_rows" ["most"],
    TooManyOrders => "too_many_orders" ["most"],
    TooManyLines => "too_many_lines" ["most"],
    // of an order's amounts
    WhichRate => "which_rate" [],
    PackedUnread => "packed_unread" [],
    NoVat => "no_vat" [],
    BadKind => "bad_kind" ["text"],
    BadQuantity => "bad_quantity" ["amount"],
    DiscountOverLine => "discount_over_line" [],
    NoUnitPrice => "no_unit_price" ["amount", "quantity"],
    MixedRates => "mixed_rates" ["amount", "one", "other"],
    SubtotalDiffers => "subtotal_differs" ["lines", "on_lines", "on_order", "subtotal"],
    // of JSON
    NotJson => "not_json" ["words"],
    NotUtf8 => "not_utf8" [],
    LineTooLong => "line_too_long" ["most"],
    ListNotClosed => "list_not_closed" [],
    // of an order among those that are known
    OtherShop => "other_shop" ["shop"],
    OtherDay => "other_day" ["known", "comes"],
    OtherCurrency => "other_currency" ["known", "comes"],
    OtherClient => "other_client" ["known", "comes"],
    NotKept => "not_kept" ["words"],
    // of the whole file
    FileNotReadable => "file_not_readable" ["words"],
    FileChanged => "file_changed" [],
    ReadingBroke => "reading_broke" [],
    FileEmpty => "file_empty" [],
    OldWorkbook => "old_workbook" [],
    WebPage => "web_page" [],
    NotText => "not_text" [],
    NoHeadings => "no_headings" [],
    NoWorkbook => "no_workbook" [],
    NoList => "no_list" [],
    TooManyColumns => "too_many_columns" ["count", "most"],
    JsonTooLarge => "json_too_large" ["most"],
    WorkbookTooLarge => "workbook_too_large" ["most"],
    WorkbookSwells => "workbook_swells" ["most"],
    WorkbookDamaged => "workbook_damaged" ["words"],
    // of the choice of columns
    ColumnMissing => "column_missing" ["fields"],
    UnknownField => "unknown_field" ["field"],
    NoSuchHeading => "no_such_heading" ["field", "heading"],
    HeadingTwice => "heading_twice" ["field", "heading"],
    BadDefault => "bad_default" ["default", "text"],
}

impl ReasonCode {
    /// The reason with a fact that it names.
    pub fn with(self, fact: &'static str, value: impl fmt::Display) -> Reason {
        Reason::from(self).with(fact, value)
    }
}

/// Why something is not taken.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reason {
    pub code: ReasonCode,
    /// By name: the text as it stands, the amounts, the lines.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<String, String>,
}

impl Reason {
    pub fn with(mut self, fact: &'static str, value: impl fmt::Display) -> Reason {
        debug_assert!(self.code.facts().contains(&fact), "{fact} is no fact of {:?}", self.code);
        self.facts.insert(fact.to_owned(), value.to_string());
        self
    }
}

impl From<ReasonCode> for Reason {
    fn from(code: ReasonCode) -> Self {
        Reason { code, facts: BTreeMap::new() }
    }
}

impl From<MoneyError> for Reason {
    fn from(error: MoneyError) -> Self {
        match error {
            MoneyError::UnknownCurrency(text) => ReasonCode::UnknownCurrency.with("text", text),
            MoneyError::NotANumber(text) => ReasonCode::NotANumber.with("text", text),
            MoneyError::TooLarge(amount) => ReasonCode::AmountTooLarge.with("amount", amount),
        }
    }
}

/// For logs and details: the code and its facts, no sentence.
impl fmt::Display for Reason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.as_str())?;
        let facts: Vec<&str> = self.facts.values().map(String::as_str).collect();
        if facts.is_empty() { Ok(()) } else { write!(f, ": {}", facts.join(", ")) }
    }
}
