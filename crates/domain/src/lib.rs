//! punte-domain
