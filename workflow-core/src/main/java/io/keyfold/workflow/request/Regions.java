package io.keyfold.workflow.request;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/// IBM Cloud's regions and their zones, as listed in the resource `regions`, which names its source.
public final class Regions {
    private static final List<String> ALL = read();
    private static final int ZONES = 3;

    private Regions() {}

    /// Every region, in alphabetical order.
    public static List<String> all() {
        return ALL;
    }

    static boolean isRegion(String name) {
        return ALL.contains(name);
    }

    /// The region that a zone lies in (`us-south-1` lies in `us-south`), or empty if there is no such zone.
    static Optional<String> ofZone(String zone) {
        return ALL.stream().filter(region -> zonesOf(region).contains(zone)).findFirst();
    }

    static List<String> zonesOf(String region) {
        return IntStream.rangeClosed(1, ZONES).mapToObj(number -> region + "-" + number).toList();
    }

    private static List<String> read() {
        try (InputStream resource = Regions.class.getResourceAsStream("regions")) {
            if (resource == null) {
                throw new IllegalStateException("The list of regions is missing from the jar");
            }
            return new String(resource.readAllBytes(), StandardCharsets.UTF_8).lines().map(String::strip)
                    .filter(line -> !line.isEmpty() && !line.startsWith("#")).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException("The list of regions cannot be read", e);
        }
    }
}
