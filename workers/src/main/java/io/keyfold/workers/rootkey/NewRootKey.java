package io.keyfold.workers.rootkey;

/// A root key to be made, of generated material or of imported.
///
/// @param alias our mark
public record NewRootKey(String name, String alias, String description) {}
