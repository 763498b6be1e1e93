package io.keyfold.workers.kmsinstance;

import java.util.List;

/// A Key Protect instance to create, on the tiered-pricing plan.
///
/// @param tags for people: their own API does not give them back with the instance
public record NewKmsInstance(
        String name, String region, String resourceGroupId, AllowedNetwork allowedNetwork, List<String> tags) {
    public NewKmsInstance {
        tags = List.copyOf(tags);
    }

    public enum AllowedNetwork {
        PUBLIC_AND_PRIVATE,
        PRIVATE_ONLY
    }
}
