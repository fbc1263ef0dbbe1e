//! punte-api
