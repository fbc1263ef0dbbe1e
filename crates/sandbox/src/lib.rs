//! punte-sandbox
