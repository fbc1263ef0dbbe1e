//! punte-engine
