package io.keyfold.cli;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.topic.Preparation;
import io.keyfold.schemas.AccessRules;
import io.keyfold.schemas.Inspection;
import io.keyfold.workflow.wire.AvroJson;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.apache.kafka.common.acl.AclBinding;
import org.apache.kafka.common.config.ConfigDef;
import org.apache.kafka.common.resource.PatternType;
import org.apache.kafka.common.resource.ResourcePattern;
import org.apache.kafka.common.utils.SecurityUtils;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `keyfold topics acls`: what each party may do in Kafka; shown, granted, or compared with what is there.
@Command(
        name = "acls",
        mixinStandardHelpOptions = true,
        description = "Shows the access control lists (ACLs) that each service and person needs, and no more; grants them"
                + " (--apply), or names those that are missing or too many (--verify). Never takes one away.")
final class TopicAclsCommand extends ClientCommand implements Callable<Integer> {
    enum Shown {
        TABLE, COMMANDS, JSON
    }

    private static final String AS_ADMINISTRATOR = "This takes a user who may describe and alter the cluster";

    @Option(names = "--apply", description = "Grant what is missing.")
    private boolean apply;

    @Option(names = "--verify", description = "Compare with what is there, and change nothing.")
    private boolean verify;

    @Mixin
    private PrincipalOptions principals = new PrincipalOptions();

    @Option(
            names = {"-o", "--output"},
            defaultValue = "TABLE",
            description = "How they are shown without --apply and --verify: table (default), commands (for kafka-acls.sh)"
                    + " or json.")
    private Shown shown = Shown.TABLE;

    @Override
    ConfigDef settings() {
        return InstallationCommand.defineInstallation(super.settings());
    }

    @Override
    public Integer call() {
        if (apply && verify) {
            throw new CommandFailure(ExitCode.USAGE, "--apply and --verify were both given", "Give one of them");
        }
        var settings = resolve();
        var rules = new AccessRules(
                InstallationCommand.installation(settings), InstallationCommand.workflowGroup(settings),
                principals.named());
        if (apply || verify) {
            var preparation = new Preparation(connection());
            return print(apply ? preparation.grantAccess(rules) : preparation.verifyAccess(rules));
        }
        System.out.println(switch (shown) {
            case TABLE -> table(rules);
            case COMMANDS -> commands(rules.all(), connection().bootstrapServers());
            case JSON -> json(rules);
        });
        return ExitCode.OK;
    }

    private static int print(List<Inspection> found) {
        var changed = found.stream().filter(inspection -> inspection.state() != Inspection.State.AS_WANTED).toList();
        if (!changed.isEmpty()) {
            InspectionTable.print("ACL", "STATE", changed, state -> switch (state) {
                case CREATED -> "GRANTED";
                case DIFFERS -> "TOO MANY";
                case AS_WANTED, MISSING -> state.name();
            });
        }
        var missing = found.stream().filter(each -> each.state() == Inspection.State.MISSING).count();
        var tooMany = found.stream().filter(each -> each.state() == Inspection.State.DIFFERS).count();
        if (missing + tooMany > 0) {
            throw new CommandFailure(
                    ExitCode.UNHEALTHY, missing + " ACLs are missing, " + tooMany + " are too many",
                    "Grant what is missing: keyfold topics acls --apply. Take away what is too many with"
                            + " kafka-acls.sh --remove, once it is known whose it is. "
                            + AS_ADMINISTRATOR);
        }
        System.out.println("ACLs are as the catalogue wants them (" + found.size() + ")");
        return ExitCode.OK;
    }

    private static String table(AccessRules rules) {
        var table = new Table("WHO", "PRINCIPAL", "MAY", "ON");
        rules.bindings().forEach((party, bindings) -> byPattern(bindings).forEach((pattern, operations) -> table.row(
                party.id(),
                bindings.getFirst().entry().principal(),
                operations.stream().map(binding -> binding.entry().operation().name())
                        .collect(Collectors.joining(" ")),
                kind(pattern) + " " + pattern.name() + (isPrefix(pattern) ? "…" : ""))));
        return table.toString();
    }

    private static String commands(List<AclBinding> bindings, String bootstrapServers) {
        return byPrincipal(bindings).values().stream()
                .flatMap(ofOne -> byPattern(ofOne).entrySet().stream())
                .map(each -> command(each.getKey(), each.getValue(), bootstrapServers))
                .collect(Collectors.joining("\n"));
    }

    private static String command(ResourcePattern pattern, List<AclBinding> ofPattern, String bootstrapServers) {
        return "kafka-acls.sh --bootstrap-server " + bootstrapServers + " --command-config admin.properties --add"
                + " --allow-principal " + quoted(ofPattern.getFirst().entry().principal())
                + ofPattern.stream()
                        .map(binding -> " --operation "
                                + SecurityUtils.operationName(binding.entry().operation()))
                        .collect(Collectors.joining())
                + " --" + kind(pattern).replace(' ', '-') + " " + quoted(pattern.name())
                + (isPrefix(pattern) ? " --resource-pattern-type prefixed" : "");
    }

    /// As one word of a shell's.
    private static String quoted(String word) {
        return "'" + word.replace("'", "'\\''") + "'";
    }

    private static String json(AccessRules rules) {
        var array = JsonNodeFactory.instance.arrayNode();
        rules.bindings().forEach((party, bindings) -> bindings.forEach(binding -> array.addObject()
                .put("party", party.id())
                .put("principal", binding.entry().principal())
                .put("host", binding.entry().host())
                .put("permission", binding.entry().permissionType().name())
                .put("operation", binding.entry().operation().name())
                .put("resource_type", binding.pattern().resourceType().name())
                .put("resource_name", binding.pattern().name())
                .put("pattern_type", binding.pattern().patternType().name())));
        return AvroJson.pretty(array);
    }

    private static Map<String, List<AclBinding>> byPrincipal(List<AclBinding> bindings) {
        return bindings.stream().collect(
                Collectors.groupingBy(
                        binding -> binding.entry().principal(), LinkedHashMap::new, Collectors.toList()));
    }

    private static Map<ResourcePattern, List<AclBinding>> byPattern(List<AclBinding> bindings) {
        return bindings.stream()
                .collect(Collectors.groupingBy(AclBinding::pattern, LinkedHashMap::new, Collectors.toList()));
    }

    private static String kind(ResourcePattern pattern) {
        return pattern.resourceType().name().toLowerCase(Locale.ROOT).replace('_', ' ');
    }

    private static boolean isPrefix(ResourcePattern pattern) {
        return pattern.patternType() == PatternType.PREFIXED;
    }
}
