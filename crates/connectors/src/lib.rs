//! punte-connectors
