package io.keyfold.cli.bench;

import io.keyfold.contract.ClusterDeployRequested;
import java.time.Instant;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.random.RandomGeneratorFactory;

/// The requests: each for a new instance, one root key and two authorizations. The same for the same seed.
final class Workload {
    private static final List<String> REGIONS = List.of("us-south", "us-east", "eu-de", "eu-gb", "jp-tok", "au-syd");
    private static final int RADIX = 36;

    private final String prefix;
    private final RandomGenerator random;
    private int asked;

    Workload(long seed) {
        this.prefix = "b" + Long.toUnsignedString(seed, RADIX) + "-";
        this.random = RandomGeneratorFactory.of("L64X128MixRandom").create(seed);
    }

    ClusterDeployRequested next() {
        asked++;
        return ClusterDeployRequested.newBuilder()
                .setRequestId(prefix + asked)
                .setClusterPrefix(prefix + asked)
                .setRegion(REGIONS.get(random.nextInt(REGIONS.size())))
                .setSkipKmsS2sAuthPolicy(true)
                .setRequestedBy("bench")
                .setRequestedAt(Instant.now())
                .build();
    }
}
