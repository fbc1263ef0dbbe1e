//! punte-http
