package io.keyfold.schemas;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.acl.AclOperation;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.resource.ResourceType;

/// The catalogue of topics, and who may do what, as Strimzi's operators take it.
final class StrimziResources {
    private static final String INSTALLATION = "default";
    private static final String APPLICATION_ID = "keyfold-workflow-default";
    private static final String CLUSTER = "keyfold";
    private static final short REPLICAS = 3;
    private static final String WRITTEN =
            "# Written by StrimziResourcesTest: mvn -pl schemas -am test -Dregenerate\n";

    private StrimziResources() {}

    static String topics() {
        StringBuilder text = new StringBuilder(WRITTEN);
        for (Topic<?> topic : Topics.ALL) {
            head(text, "KafkaTopic", topic.name());
            text.append("  partitions: ").append(Topics.DEFAULT_PARTITIONS).append('\n');
            text.append("  replicas: ").append(REPLICAS).append('\n');
            text.append("  config:\n");
            TopicCreation.config(topic, Optional.of(REPLICAS)).forEach(
                    (name, value) -> text.append("    ").append(name).append(": ").append(value).append('\n'));
        }
        return text.toString();
    }

    static String users() {
        StringBuilder text = new StringBuilder(WRITTEN);
        AccessRules rules = new AccessRules(INSTALLATION, APPLICATION_ID, Map.of());
        rules.bindings().forEach((party, bindings) -> {
            head(text, "KafkaUser", party.user());
            text.append("  authentication:\n    type: tls\n");
            if (RequestQuotas.PARTIES.contains(party)) {
                text.append("  quotas:\n    producerByteRate: ").append(RequestQuotas.DEFAULT_BYTES_PER_SECOND)
                        .append('\n');
            }
            text.append("  authorization:\n    type: simple\n    acls:\n");
            byResource(bindings).forEach((resource, operations) -> acl(text, resource, operations));
        });
        return text.toString();
    }

    private static void head(StringBuilder text, String kind, String name) {
        text.append("---\napiVersion: kafka.strimzi.io/v1\nkind: ").append(kind).append("\nmetadata:\n  name: ")
                .append(name).append("\n  labels:\n    strimzi.io/cluster: ").append(CLUSTER).append("\nspec:\n");
    }

    private static Map<ResourcePattern, List<String>> byResource(List<AclBinding> bindings) {
        Map<ResourcePattern, List<String>> byResource = new LinkedHashMap<>();
        for (AclBinding binding : bindings) {
            byResource.computeIfAbsent(binding.pattern(), pattern -> new ArrayList<>())
                    .add(words(binding.entry().operation()));
        }
        return byResource;
    }

    private static void acl(StringBuilder text, ResourcePattern resource, List<String> operations) {
        text.append("      - resource:\n          type: ").append(type(resource.resourceType()))
                .append("\n          name: ").append(resource.name())
                .append("\n          patternType: ")
                .append(resource.patternType() == PatternType.PREFIXED ? "prefix" : "literal")
                .append("\n        operations: [").append(String.join(", ", operations)).append("]\n");
    }

    private static String type(ResourceType type) {
        return switch (type) {
            case TOPIC -> "topic";
            case GROUP -> "group";
            case TRANSACTIONAL_ID -> "transactionalId";
            default -> throw new IllegalArgumentException("Strimzi has no word for " + type);
        };
    }

    /// `DESCRIBE_CONFIGS` is Strimzi's `DescribeConfigs`.
    private static String words(AclOperation operation) {
        StringBuilder words = new StringBuilder();
        for (String word : operation.name().split("_", -1)) {
            words.append(word.charAt(0)).append(word.substring(1).toLowerCase(Locale.ROOT));
        }
        return words.toString();
    }
}
