package io.keyfold.regions;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.IntStream;

/// IBM Cloud's regions with their zones, and the hosts of its APIs, as listed in the resource `ibm-cloud`, which names its
/// sources.
public final class CloudRegions {
    private static final CloudRegions IBM = read();
    private static final String NONE = "-";

    private final Map<String, Hosts> apis = new TreeMap<>();
    private final Map<String, Region> regions = new TreeMap<>();

    private record Hosts(String publicHost, String privateHost) {
        Optional<String> in(Network network) {
            return Optional.of(network == Network.PUBLIC ? publicHost : privateHost).filter(host -> !host.equals(NONE));
        }
    }

    private record Region(List<String> zones, Hosts keyProtect) {}

    /// @throws IllegalArgumentException naming the line that is none
    CloudRegions(List<String> lines) {
        for (String line : lines) {
            String[] words = line.strip().split("\\s+", -1);
            if (words[0].isEmpty() || words[0].startsWith("#")) {
                continue;
            }
            if (words[0].equals("api") && words.length == 4) {
                apis.put(words[1], new Hosts(words[2], words[3]));
            } else if (words[0].equals("region") && words.length == 5 && words[2].matches("[1-9]")) {
                regions.put(words[1], new Region(zones(words[1], words[2]), new Hosts(words[3], words[4])));
            } else {
                throw new IllegalArgumentException("Neither an api nor a region: " + line);
            }
        }
    }

    private static List<String> zones(String region, String count) {
        return IntStream.rangeClosed(1, Integer.parseInt(count)).mapToObj(number -> region + "-" + number).toList();
    }

    public static CloudRegions ofIbm() {
        return IBM;
    }

    /// Every region, in alphabetical order.
    public List<String> all() {
        return List.copyOf(regions.keySet());
    }

    public boolean isRegion(String name) {
        return regions.containsKey(name);
    }

    /// The region that a zone lies in (`us-south-1` lies in `us-south`), or empty if there is no such zone.
    public Optional<String> ofZone(String zone) {
        return regions.entrySet().stream().filter(region -> region.getValue().zones.contains(zone))
                .map(Map.Entry::getKey).findFirst();
    }

    /// None if there is no such region.
    public List<String> zonesOf(String region) {
        return Optional.ofNullable(regions.get(region)).map(Region::zones).orElse(List.of());
    }

    /// Empty if there is no such region, or Key Protect cannot be called there from this network.
    public Optional<String> keyProtectHost(String region, Network network) {
        return Optional.ofNullable(regions.get(region)).flatMap(known -> known.keyProtect.in(network));
    }

    /// IAM's host, the same for all regions.
    public String iamHost(Network network) {
        return host("iam", network);
    }

    /// The Resource Controller's host, the same for all regions.
    public String resourceControllerHost(Network network) {
        return host("resource-controller", network);
    }

    private String host(String api, Network network) {
        return Optional.ofNullable(apis.get(api)).flatMap(hosts -> hosts.in(network)).orElseThrow(
                () -> new IllegalStateException("The facts about IBM Cloud name no " + network + " host of " + api));
    }

    private static CloudRegions read() {
        try (InputStream resource = CloudRegions.class.getResourceAsStream("ibm-cloud")) {
            if (resource == null) {
                throw new IllegalStateException("The facts about IBM Cloud are missing from the jar");
            }
            return new CloudRegions(new String(resource.readAllBytes(), StandardCharsets.UTF_8).lines().toList());
        } catch (IOException e) {
            throw new UncheckedIOException("The facts about IBM Cloud cannot be read", e);
        }
    }
}
