//! punte-store
