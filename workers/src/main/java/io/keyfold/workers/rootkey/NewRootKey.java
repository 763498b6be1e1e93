package io.keyfold.workers.rootkey;

/// A root key for Key Protect to generate.
///
/// @param alias our mark
public record NewRootKey(String name, String alias, String description) {}
