package io.keyfold.workers.rootkey;

import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;

import io.keyfold.workers.step.RegistrationCount;
import io.keyfold.workers.step.StorageService;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// Registrations by the kind of resource that they are of.
final class RegistrationCounts {
    /// Other services' words: anything else is not passed on.
    private static final Pattern WORD = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");

    private static final int CRN_PARTS = 10;
    private static final int SERVICE = 4;
    private static final int RESOURCE_TYPE = 8;

    private RegistrationCounts() {}

    /// In the order of services and resource types. A resource that was listed twice is one.
    static List<RegistrationCount> of(List<KeyRegistration> registrations) {
        var counts = registrations.stream()
                .map(KeyRegistration::resource)
                .distinct()
                .map(Kind::of)
                .collect(groupingBy(kind -> kind, TreeMap::new, counting()));
        return counts.entrySet().stream()
                .map(entry -> new RegistrationCount(
                        entry.getKey().storageService(),
                        entry.getKey().service,
                        entry.getKey().resourceType,
                        entry.getValue()))
                .toList();
    }

    private record Kind(String service, String resourceType) implements Comparable<Kind> {
        static Kind of(String crn) {
            var parts = crn.split(":", -1);
            return parts.length < CRN_PARTS
                    ? new Kind("", "")
                    : new Kind(word(parts[SERVICE]), word(parts[RESOURCE_TYPE]));
        }

        private static String word(String part) {
            return WORD.matcher(part).matches() ? part : "";
        }

        StorageService storageService() {
            return switch (service) {
                case "server-protect" -> StorageService.BLOCK_STORAGE;
                // Block Storage's volumes, snapshots and images are registered as VPC's, and so are file shares.
                case "is" -> switch (resourceType) {
                    case "volume", "snapshot", "image" -> StorageService.BLOCK_STORAGE;
                    case "share" -> StorageService.FILE_STORAGE;
                    default -> StorageService.UNKNOWN;
                };
                case "cloud-object-storage" -> StorageService.OBJECT_STORAGE;
                default -> StorageService.UNKNOWN;
            };
        }

        @Override
        public int compareTo(Kind other) {
            int byService = service.compareTo(other.service);
            return byService != 0 ? byService : resourceType.compareTo(other.resourceType);
        }
    }
}
