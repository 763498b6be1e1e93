package io.keyfold.emulator.resourcecontroller;

import io.keyfold.emulator.resourcecontroller.Instance.Offering;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// The little of the global catalog that creating an instance needs: plans and regions.
public final class Catalog {

    /// Key Protect, plan `tiered-pricing`.
    public static final Offering KEY_PROTECT = new Offering("kms", "ee41347f-b18e-4ca6-bf80-b5467c63f9a6",
            "eedd3585-90c6-4c8f-be3d-062069e99fc3", "tiered-pricing");
    public static final Offering OBJECT_STORAGE = new Offering("cloud-object-storage",
            "dff97f5c-bc5e-4455-b470-411c3edbe49c", "744bfc56-d12c-4866-88d5-dac9139e0e5d", "standard");

    private static final List<Offering> OFFERINGS = List.of(KEY_PROTECT, OBJECT_STORAGE);

    /// Key Protect's regions, which are the VPC's too.
    private static final Set<String> REGIONS = Set.of("us-south", "us-east", "br-sao", "ca-tor", "ca-mon", "eu-gb",
            "eu-de", "eu-es", "in-che", "in-mum", "jp-tok", "jp-osa", "au-syd");

    private Catalog() {}

    static Optional<Offering> plan(String planId) {
        return OFFERINGS.stream().filter(offering -> offering.planId().equals(planId)).findFirst();
    }

    static boolean sells(Offering offering, String region) {
        return offering.service().equals("kms") ? REGIONS.contains(region)
                : REGIONS.contains(region) || region.equals("global");
    }
}
