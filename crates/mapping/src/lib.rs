//! punte-mapping
