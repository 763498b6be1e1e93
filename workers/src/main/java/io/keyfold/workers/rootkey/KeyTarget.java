package io.keyfold.workers.rootkey;

import io.keyfold.workers.step.InstanceAddress;
import java.util.Optional;

/// The root key that a command is about.
///
/// @param instance where it is, or is to be
/// @param name     exact name of the key
/// @param rotationMonths every how many months a created key is to be rotated by itself; empty for never
/// @param dualAuthorization whether deleting a created key is to take two identities
/// @param material where its material is to be had; empty if Key Protect generates it
public record KeyTarget(
        InstanceAddress instance,
        String name,
        Optional<Integer> rotationMonths,
        boolean dualAuthorization,
        Optional<KeyMaterialReference> material) {}
