package io.keyfold.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.keyfold.cli.output.Format;
import io.keyfold.cli.output.Table;
import io.keyfold.cli.output.Text;
import io.keyfold.workflow.request.Plan;
import io.keyfold.workflow.request.PlannedStep;
import io.keyfold.workflow.request.RequestRules;
import io.keyfold.workflow.request.StorageService;
import io.keyfold.workflow.request.Violation;
import io.keyfold.workflow.wire.DeployRequests;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/// `keyfold plan`: what a request would bring about, by the workflow's own rules, without any network.
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = "Checks a request and shows what it would create and use. Needs no network.")
final class PlanCommand implements Callable<Integer> {
    @Mixin
    private InputOptions input = new InputOptions();

    @Option(names = {"-o", "--output"}, defaultValue = "TABLE", description = "table (default), json or yaml.")
    private Format format = Format.TABLE;

    @Override
    public Integer call() {
        var now = Instant.now();
        var asked = input.read(now);
        var request = DeployRequests.of(asked.request());
        refuse(RequestRules.check(request, now));
        var plan = Plan.of(request);
        System.out.println(
                switch (format) {
                    case TABLE -> table(asked.clusterId(), plan);
                    case JSON, YAML -> format.of(json(asked.clusterId(), plan));
                    case TFVARS ->
                        throw new CommandFailure(
                                ExitCode.USAGE,
                                "a plan knows no CRNs yet, so there is nothing to hand to the next stage",
                                "Deploy first, then: keyfold status " + asked.request().getClusterPrefix()
                                        + " --output tfvars");
                });
        return ExitCode.OK;
    }

    /// Refuses a request that breaks rules, with every one that it breaks.
    static void refuse(List<Violation> violations) {
        if (!violations.isEmpty()) {
            throw new CommandFailure(
                    ExitCode.REFUSED,
                    "the request breaks " + (violations.size() == 1 ? "a rule" : violations.size() + " rules") + ":\n"
                            + violations.stream().map(PlanCommand::line).collect(Collectors.joining("\n")),
                    "Nothing was published. Correct the inputs and try again");
        }
    }

    private static String line(Violation violation) {
        return "  " + Text.harmless(violation.message());
    }

    private static String table(String cluster, Plan plan) {
        if (plan.isProviderManaged()) {
            return cluster + ": provider-managed encryption; nothing is created.";
        }
        var table = new Table("STEP", "DOES", "WHAT");
        plan.steps().forEach(step -> table.row(step.step().name(), verb(step), words(step)));
        return cluster + ": customer-managed encryption\n" + table;
    }

    private static JsonNode json(String cluster, Plan plan) {
        var json = JsonNodeFactory.instance.objectNode();
        json.put("cluster_id", cluster);
        json.put("encryption", plan.isProviderManaged() ? "PROVIDER_MANAGED" : "CUSTOMER_MANAGED");
        var steps = json.putArray("steps");
        for (var step : plan.steps()) {
            steps.addObject()
                    .put("step", step.step().name())
                    .put("action", verb(step).toUpperCase(Locale.ROOT))
                    .put("what", words(step));
        }
        return json;
    }

    private static String verb(PlannedStep step) {
        return switch (step) {
            case PlannedStep.Instance instance -> instance.adoptOnly() ? "use" : "create";
            case PlannedStep.RootKey key -> key.adoptOnly() ? "use" : "create";
            case PlannedStep.Authorization authorization -> authorization.skipped() ? "skip" : "create";
        };
    }

    private static String words(PlannedStep step) {
        return switch (step) {
            case PlannedStep.Instance instance ->
                "Key Protect instance \"" + instance.name() + "\" in " + instance.region()
                        + (instance.adoptOnly() ? "" : ", resource group " + instance.resourceGroup());
            case PlannedStep.RootKey key ->
                "root key \"" + key.name() + "\" for " + services(key.protects()) + key.rotation()
                        + key.material().map(from -> ", imported from " + from).orElse("") + key.deletion();
            case PlannedStep.Authorization authorization ->
                authorization.storage().words()
                        + (authorization.skipped()
                                ? ": taken to be authorized already"
                                : " may use the instance's keys (" + String.join(", ", authorization.roles())
                                        + ")" + narrowed(authorization.source())
                                        + (authorization.note().isEmpty() ? "" : "; " + authorization.note()));
        };
    }

    private static String narrowed(PlannedStep.Source source) {
        return source.instanceId().map(id -> ", from instance " + id + " alone").orElse("");
    }

    private static String services(List<StorageService> services) {
        return services.stream().map(StorageService::words).collect(Collectors.joining(", "));
    }
}
