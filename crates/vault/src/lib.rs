//! punte-vault
