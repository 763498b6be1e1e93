package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.InstanceAddress;

/// The root key that a command is about.
///
/// @param instance where it is, or is to be
/// @param name     exact name of the key
public record KeyTarget(InstanceAddress instance, String name) {}
