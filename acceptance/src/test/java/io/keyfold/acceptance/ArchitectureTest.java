package io.keyfold.acceptance;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.junit.AnalyzeClasses;
import com.tngtech.archunit.junit.ArchTest;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ArchRule;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.NullMarked;

/// Which module and which package may know which: docs/architecture.md, held by the build.
@AnalyzeClasses(packages = "io.keyfold", importOptions = ImportOption.DoNotIncludeTests.class)
class ArchitectureTest {
    private static final String CONTRACT = "io.keyfold.contract..";
    private static final String SCHEMAS = "io.keyfold.schemas..";
    private static final String WORKFLOW = "io.keyfold.workflow..";
    private static final String WORKERS = "io.keyfold.workers..";
    private static final String EMULATOR = "io.keyfold.emulator..";
    private static final String AUDIT = "io.keyfold.audit..";
    private static final String MONITORING = "io.keyfold.monitoring..";
    private static final String GATEWAY = "io.keyfold.gateway..";
    private static final String CLI = "io.keyfold.cli..";

    private static final String[] DECISIONS = {
        "io.keyfold.workflow.request..",
        "io.keyfold.workflow.saga..",
        "io.keyfold.workflow.ledger..",
        "io.keyfold.workflow.report.."
    };

    private static final Set<String> CLOCKS_AND_DICE = Set.of(
            "java.time.Instant.now",
            "java.time.LocalDate.now",
            "java.time.LocalDateTime.now",
            "java.time.OffsetDateTime.now",
            "java.time.ZonedDateTime.now",
            "java.time.Clock.systemUTC",
            "java.time.Clock.systemDefaultZone",
            "java.lang.System.currentTimeMillis",
            "java.lang.System.nanoTime",
            "java.util.UUID.randomUUID",
            "java.lang.Math.random",
            "java.util.Random.<init>",
            "java.security.SecureRandom.<init>",
            "java.util.concurrent.ThreadLocalRandom.current");

    /// Without it every rule below would pass over nothing.
    @ArchTest
    static void it_has_seen_every_module(JavaClasses classes) {
        Set<String> modules = classes.stream()
                .map(type -> type.getPackageName().split("\\.", -1))
                .filter(parts -> parts.length > 2)
                .map(parts -> parts[2])
                .collect(Collectors.toSet());

        assertThat(modules).contains("contract", "schemas", "audit", "monitoring", "workflow", "workers", "emulator",
                "gateway", "cli");
    }

    @ArchTest
    static final ArchRule the_contract_depends_on_nothing_of_ours = noClasses()
            .that()
            .resideInAnyPackage(CONTRACT, SCHEMAS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AUDIT, MONITORING, WORKFLOW, WORKERS, EMULATOR, GATEWAY, CLI);

    @ArchTest
    static final ArchRule monitoring_knows_nothing_of_what_is_measured = noClasses()
            .that()
            .resideInAPackage(MONITORING)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CONTRACT, SCHEMAS, AUDIT, WORKFLOW, WORKERS, EMULATOR, GATEWAY, CLI);

    @ArchTest
    static final ArchRule only_the_rims_measure = noClasses()
            .that()
            .resideOutsideOfPackages(
                    MONITORING, "io.keyfold.workflow.stream..", "io.keyfold.workers", "io.keyfold.workers.delivery..",
                    "io.keyfold.workers.ibmcloud..", "io.keyfold.gateway")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.micrometer..");

    @ArchTest
    static final ArchRule only_the_rims_trace = noClasses()
            .that()
            .resideOutsideOfPackages(
                    MONITORING, "io.keyfold.workflow.stream..", "io.keyfold.workers.delivery..",
                    "io.keyfold.workers.ibmcloud..", "io.keyfold.gateway.http..", "io.keyfold.gateway.topic..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.opentelemetry..");

    @ArchTest
    static final ArchRule the_auditor_judges_by_the_contract_alone = noClasses()
            .that()
            .resideInAPackage(AUDIT)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    MONITORING, WORKFLOW, WORKERS, EMULATOR, GATEWAY, CLI, "org.apache.kafka..", "org.slf4j..",
                    "java.net.http..");

    @ArchTest
    static final ArchRule the_auditor_has_neither_clock_nor_dice = noClasses()
            .that()
            .resideInAPackage(AUDIT)
            .should()
            .callCodeUnitWhere(
                    DescribedPredicate.describe("asks a clock or rolls dice", ArchitectureTest::isClockOrDice));

    @ArchTest
    static final ArchRule workflow_and_workers_meet_only_in_the_contract = noClasses()
            .that()
            .resideInAPackage(WORKFLOW)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AUDIT, WORKERS, EMULATOR, GATEWAY, CLI);

    @ArchTest
    static final ArchRule workers_know_neither_workflow_nor_emulator = noClasses()
            .that()
            .resideInAPackage(WORKERS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(AUDIT, WORKFLOW, EMULATOR, GATEWAY, CLI);

    @ArchTest
    static final ArchRule the_emulator_knows_only_the_cloud = noClasses()
            .that()
            .resideInAPackage(EMULATOR)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(CONTRACT, SCHEMAS, AUDIT, MONITORING, WORKFLOW, WORKERS, GATEWAY, CLI);

    @ArchTest
    static final ArchRule the_gateway_knows_the_rules_and_neither_workers_nor_the_workflows_engine = noClasses()
            .that()
            .resideInAPackage(GATEWAY)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    AUDIT, WORKERS, EMULATOR, CLI, "io.keyfold.workflow.stream..", "io.keyfold.workflow.saga..",
                    "org.apache.kafka.streams..");

    @ArchTest
    static final ArchRule only_the_gateways_rim_knows_Kafka = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.keyfold.gateway.fleet..", "io.keyfold.gateway.access..", "io.keyfold.gateway.http..")
            .should()
            .dependOnClassesThat()
            .resideInAPackage("org.apache.kafka..");

    @ArchTest
    static final ArchRule only_the_gateways_rim_knows_the_HTTP_server = noClasses()
            .that(resideInAPackage("io.keyfold..")
                    .and(DescribedPredicate.not(resideInAPackage("io.keyfold.gateway.http.."))))
            .should()
            .dependOnClassesThat()
            .resideInAPackage("io.helidon..");

    @ArchTest
    static final ArchRule packages_of_the_gateway_have_no_cycle =
            slices().matching("io.keyfold.gateway.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule decisions_know_neither_Kafka_nor_Avro_nor_a_logger = noClasses()
            .that()
            .resideInAnyPackage(DECISIONS)
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    CONTRACT,
                    SCHEMAS,
                    "io.keyfold.workflow.stream..",
                    "io.keyfold.workflow.wire..",
                    "org.apache.kafka..",
                    "org.apache.avro..",
                    "org.slf4j..",
                    "java.util.logging..",
                    "java.net.http..");

    @ArchTest
    static final ArchRule decisions_have_neither_clock_nor_dice = noClasses()
            .that()
            .resideInAnyPackage(DECISIONS)
            .should()
            .callCodeUnitWhere(
                    DescribedPredicate.describe("asks a clock or rolls dice", ArchitectureTest::isClockOrDice));

    @ArchTest
    static final ArchRule only_the_adapters_know_IBMs_SDK = noClasses()
            .that(resideInAPackage("io.keyfold..")
                    .and(DescribedPredicate.not(resideInAPackage("io.keyfold.workers.ibmcloud.."))))
            .should()
            .dependOnClassesThat()
            // Not okhttp3.tls: it issues certificates and calls nobody.
            .resideInAnyPackage("com.ibm..", "okhttp3", "okhttp3.internal..", "okhttp3.logging..");

    @ArchTest
    static final ArchRule a_workers_decisions_know_neither_Kafka_nor_HTTP = noClasses()
            .that()
            .resideInAnyPackage(
                    "io.keyfold.workers.step..",
                    "io.keyfold.workers.kmsinstance..",
                    "io.keyfold.workers.rootkey..",
                    "io.keyfold.workers.authorization..")
            .should()
            .dependOnClassesThat()
            .resideInAnyPackage(
                    "org.apache.kafka..",
                    "java.net.http..",
                    "io.keyfold.workers.delivery..",
                    "io.keyfold.workers.ibmcloud..");

    @ArchTest
    static final ArchRule the_adapters_know_no_Kafka = noClasses()
            .that()
            .resideInAPackage("io.keyfold.workers.ibmcloud..")
            .should()
            .dependOnClassesThat(resideInAnyPackage("org.apache.kafka..", "io.keyfold.workers.delivery.."));

    @ArchTest
    static final ArchRule packages_of_the_workflow_have_no_cycle =
            slices().matching("io.keyfold.workflow.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packages_of_the_workers_have_no_cycle =
            slices().matching("io.keyfold.workers.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule packages_of_the_emulator_have_no_cycle =
            slices().matching("io.keyfold.emulator.(*)..").should().beFreeOfCycles();

    @ArchTest
    static final ArchRule names_say_what_is_different = noClasses()
            .that()
            .resideOutsideOfPackage(CONTRACT)
            .should()
            .haveNameMatching(".*\\.(Abstract\\w*|Base\\w*|\\w*(Impl|Manager|Helper|Utils?|Dto))");

    @ArchTest
    static final ArchRule packages_are_nouns_of_the_job =
            noClasses().should().resideInAnyPackage("..common..", "..util..", "..utils..", "..misc..", "..impl..");

    @ArchTest
    static final ArchRule nothing_is_null_unless_it_says_so = classes()
            .that()
            .resideOutsideOfPackage(CONTRACT)
            .should(new ArchCondition<JavaClass>("be in a @NullMarked package") {
                @Override
                public void check(JavaClass type, ConditionEvents events) {
                    boolean isMarked = type.getPackage()
                            .tryGetAnnotationOfType(NullMarked.class)
                            .isPresent();
                    events.add(new SimpleConditionEvent(
                            type, isMarked, type.getPackageName() + " has no package-info.java with @NullMarked"));
                }
            });

    @ArchTest
    static final ArchRule only_the_command_line_writes_to_the_terminal = noClasses()
            .that()
            .resideOutsideOfPackage(CLI)
            .should()
            .accessField(System.class, "out")
            .orShould()
            .accessField(System.class, "err");

    private static boolean isClockOrDice(JavaAccess<?> call) {
        return CLOCKS_AND_DICE.contains(call.getTargetOwner().getName() + "." + call.getName());
    }
}
