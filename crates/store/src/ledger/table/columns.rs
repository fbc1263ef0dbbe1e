//! What each list can be sorted and filtered by, with the indexes that make it quick.

use super::Field;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ListName {
    Documents,
    Orders,
}

/// A column of a list.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Column {
    /// As screens name it.
    pub id: &'static str,
    /// What it is sorted by, and that column's index; `None`: it cannot be sorted by.
    pub(super) key: Option<(&'static str, &'static str)>,
    /// The field that filters by it.
    pub field: Option<&'static str>,
}

impl Column {
    pub fn is_sortable(&self) -> bool {
        self.key.is_some()
    }

    /// Whether its order tells who is not shown its values something of them.
    pub fn is_veiled(&self) -> bool {
        matches!(self.id, "email" | "taxId")
    }
}

const fn column(id: &'static str, key: &'static str, index: &'static str, field: &'static str) -> Column {
    Column { id, key: Some((key, index)), field: if field.is_empty() { None } else { Some(field) } }
}

/// References are unique: the index that makes them so, the third such of its table, sorts them too.
const REFERENCES: &str = "sqlite_autoindex_documents_3";

static DOCUMENTS: [Column; 16] = [
    column("state", "state", "documents_by_state", "status"),
    column("order", "order_key", "documents_list_order", "order"),
    column("number", "number_key", "documents_list_number", "invoice"),
    column("client", "client_key", "documents_list_client", "client"),
    column("taxId", "tax_id", "documents_list_tax_id", "cui"),
    column("total", "total_minor", "documents_list_total", "total"),
    column("currency", "currency", "documents_list_currency", "currency"),
    column("provider", "provider", "documents_list_provider", "provider"),
    column("connection", "billing_id", "documents_list_connection", "connection"),
    column("role", "kind_key", "documents_list_kind", "kind"),
    column("issued", "issued_key", "documents_list_issued", "issued"),
    column("created", "created_ms", "documents_list_created", "created"),
    column("einvoice", "einvoice_key", "documents_list_einvoice", "einvoice"),
    column("paid", "paid_key", "documents_list_paid", ""),
    column("reference", "reference", REFERENCES, "reference"),
    column("mappingVersion", "mapping_version", "documents_list_mapping", ""),
];

static ORDERS: [Column; 11] = [
    column("order", "number_key", "orders_list_number", "order"),
    column("customer", "customer_key", "orders_list_customer", "client"),
    column("taxId", "tax_id", "orders_list_tax_id", "cui"),
    column("email", "email_key", "orders_list_email", "email"),
    column("total", "total_minor", "orders_list_total", "total"),
    column("status", "status", "orders_list_status", "shopstatus"),
    column("decision", "decision", "orders_by_decision", "decision"),
    column("reason", "reason", "orders_list_reason", "reason"),
    Column { id: "document", key: None, field: None },
    column("created", "created_ms", "orders_list_created", "created"),
    column("modified", "modified_ms", "orders_list_modified", ""),
];

impl ListName {
    pub fn columns(self) -> &'static [Column] {
        match self {
            ListName::Documents => &DOCUMENTS,
            ListName::Orders => &ORDERS,
        }
    }

    /// A column that can be sorted by.
    pub fn sortable(self, id: &str) -> Option<&'static Column> {
        self.columns().iter().find(|column| column.id == id && column.is_sortable())
    }

    pub fn as_str(self) -> &'static str {
        match self {
            ListName::Documents => "documents",
            ListName::Orders => "orders",
        }
    }

    pub(super) fn rows_index(self) -> &'static str {
        match self {
            ListName::Documents => "documents_list_rows",
            ListName::Orders => "orders_list_rows",
        }
    }

    /// The column that a field is about, and its index.
    pub(super) fn column_of(self, field: Field) -> Option<(&'static str, &'static str)> {
        let found = match (self, field) {
            (ListName::Documents, Field::Order) => ("order_key", "documents_list_order"),
            (ListName::Documents, Field::Invoice) => ("number_bare", "documents_list_bare"),
            (ListName::Documents, Field::Client) => ("client_key", "documents_list_client"),
            (ListName::Documents, Field::TaxId) => ("tax_id", "documents_list_tax_id"),
            (ListName::Documents, Field::Total) => ("total_minor", "documents_list_total"),
            (ListName::Documents, Field::Currency) => ("currency", "documents_list_currency"),
            (ListName::Documents, Field::State) => ("state", "documents_by_state"),
            (ListName::Documents, Field::Kind) => ("kind_key", "documents_list_kind"),
            (ListName::Documents, Field::Provider) => ("provider", "documents_list_provider"),
            (ListName::Documents, Field::Connection) => ("billing_id", "documents_list_connection"),
            (ListName::Documents, Field::Issued) => ("issued_key", "documents_list_issued"),
            (ListName::Documents, Field::Created) => ("created_ms", "documents_list_created"),
            (ListName::Documents, Field::EInvoice) => ("einvoice_key", "documents_list_einvoice"),
            (ListName::Documents, Field::Reference) => ("reference", REFERENCES),
            (ListName::Documents, Field::Failure) => ("failure_key", "documents_list_failure"),
            // few series hold most rows: no index of its own
            (ListName::Documents, Field::Series) => ("series", ""),
            (ListName::Orders, Field::Order) => ("number_key", "orders_list_number"),
            (ListName::Orders, Field::Client) => ("customer_key", "orders_list_customer"),
            (ListName::Orders, Field::TaxId) => ("tax_id", "orders_list_tax_id"),
            (ListName::Orders, Field::Email) => ("email_key", "orders_list_email"),
            (ListName::Orders, Field::Total) => ("total_minor", "orders_list_total"),
            (ListName::Orders, Field::Currency) => ("currency", "orders_list_currency"),
            (ListName::Orders, Field::State) => ("decision", "orders_by_decision"),
            (ListName::Orders, Field::Reason) => ("reason", "orders_list_reason"),
            (ListName::Orders, Field::Connection) => ("connection_id", "orders_list_connection"),
            (ListName::Orders, Field::Created) => ("created_ms", "orders_list_created"),
            (ListName::Orders, Field::ShopStatus) => ("status", "orders_list_status"),
            _ => return None,
        };
        Some(found)
    }

    /// The column of the search that a field's words are looked for in.
    pub(super) fn search_column(self, field: Field) -> Option<&'static str> {
        match (self, field) {
            (ListName::Documents, Field::Client) => Some("client"),
            (ListName::Orders, Field::Client) => Some("customer"),
            (ListName::Orders, Field::Email) => Some("email"),
            _ => None,
        }
    }
}
