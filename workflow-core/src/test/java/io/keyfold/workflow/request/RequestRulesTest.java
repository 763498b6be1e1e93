package io.keyfold.workflow.request;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.keyfold.regions.CloudRegions;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(ReplaceUnderscores.class)
class RequestRulesTest {
    private static final Instant NOW = Instant.parse("2026-03-01T12:00:00Z");
    private static final String MEGABYTE = "a".repeat(1 << 20);
    private static final String UUID = "01234567-89ab-cdef-0123-456789abcdef";

    /// A change of a valid request and the rule that it breaks.
    record Broken(String input, String code, UnaryOperator<DeployRequest> change) {
        @Override
        public String toString() {
            return input + " " + code;
        }
    }

    @Test
    void a_request_with_no_more_than_a_region_is_accepted() {
        assertAccepted(request());
    }

    @Test
    void every_input_that_has_a_meaning_today_is_accepted() {
        assertAccepted(
                DeployRequest.of("A-z.0_9:1", "a-1-b2").withExternalId("HPC cluster 7, Zürich").withZone("eu-de-3")
                        .withKmsRegion("us-south").withResourceGroup("my group").withCosInstanceGuid(UUID)
                        .withSeparateKeys(true).withSkipped(StorageService.BLOCK_STORAGE, true)
                        .withSkipped(StorageService.FILE_STORAGE, true)
                        .withSkipped(StorageService.OBJECT_STORAGE, true).withRequestedBy("ci@example.com")
                        .withDeadline(NOW.plus(Duration.ofHours(1))));
        assertAccepted(request().withKmsInstanceName("Shared KMS: eu_1.0").withKmsKeyName("team key"));
        assertAccepted(request().withKmsInstanceName("Schlüssel"));
        assertAccepted(request().withZone("us-south-2"));
    }

    @Test
    void provider_managed_needs_no_region_and_takes_skip_flags_as_they_are() {
        DeployRequest bare = DeployRequest.of("r-1", "hpc-1");
        assertAccepted(bare.withProviderManaged());
        assertAccepted(bare.withKeyManagement("null"));
        assertAccepted(bare.withProviderManaged().withSkipped(StorageService.BLOCK_STORAGE, true));
    }

    @ParameterizedTest
    @MethodSource("requestsThatBreakOneRule")
    @Tag("case-10")
    void each_rule_broken_alone_is_the_only_one_reported(Broken broken) {
        List<Violation> violations = RequestRules.check(broken.change().apply(request()), NOW);

        assertThat(violations).extracting(Violation::input, Violation::code)
                .containsExactly(tuple(broken.input(), broken.code()));
        assertThat(violations.getFirst().allowed()).isNotBlank();
        assertThat(violations.getFirst().message()).hasSizeLessThan(600);
    }

    static Stream<Broken> requestsThatBreakOneRule() {
        return Stream.of(
                invalid("request_id", request -> DeployRequest.of("", "hpc-1").withRegion("us-south")),
                invalid("request_id", request -> DeployRequest.of("a b", "hpc-1").withRegion("us-south")),
                invalid("request_id", request -> DeployRequest.of("a".repeat(65), "hpc-1").withRegion("us-south")),
                invalid("request_id", request -> DeployRequest.of("a\n", "hpc-1").withRegion("us-south")),
                invalid("cluster_prefix", request -> prefix("")),
                invalid("cluster_prefix", request -> prefix("1a")),
                invalid("cluster_prefix", request -> prefix("HPC")),
                invalid("cluster_prefix", request -> prefix("a--b")),
                invalid("cluster_prefix", request -> prefix("ab-")),
                invalid("cluster_prefix", request -> prefix("a_b")),
                invalid("cluster_prefix", request -> prefix("a".repeat(17))),
                invalid("cluster_prefix", request -> prefix("ä")),
                invalid("cluster_prefix", request -> prefix("hpc-1\n")),
                invalid("cluster_prefix", request -> prefix(MEGABYTE)),
                invalid("cluster_prefix", request -> prefix("a" + "-a".repeat(500_000))),
                invalid("account", request -> request.withAccount("")),
                invalid("account", request -> request.withAccount("Finance")),
                invalid("account", request -> request.withAccount("a.b")),
                invalid("account", request -> request.withAccount("a--b")),
                invalid("account", request -> request.withAccount("a".repeat(33))),
                invalid("account", request -> request.withAccount(MEGABYTE)),
                invalid("external_id", request -> request.withExternalId("x".repeat(129))),
                invalid("external_id", request -> request.withExternalId("two\nlines")),
                invalid("external_id", request -> request.withExternalId("turned \u202e round")),
                invalid("external_id", request -> request.withExternalId("half a pair \ud83d")),
                invalid("key_management", request -> request.withKeyManagement("")),
                invalid("key_management", request -> request.withKeyManagement("KEY_PROTECT")),
                invalid("key_management", request -> request.withKeyManagement("hpcs")),
                invalid("kms_instance_name", request -> request.withProviderManaged().withKmsInstanceName("shared")),
                invalid("kms_instance_name", request -> request.withKmsInstanceName("")),
                invalid("kms_instance_name", request -> request.withKmsInstanceName(" shared")),
                invalid("kms_instance_name", request -> request.withKmsInstanceName("a/b")),
                invalid("kms_instance_name", request -> request.withKmsInstanceName("a\tb")),
                invalid("kms_instance_name", request -> request.withKmsInstanceName("a".repeat(181))),
                invalid("kms_instance_name", request -> request.withKmsInstanceName(MEGABYTE)),
                invalid("kms_key_name", request -> request.withKmsKeyName("team-key")),
                invalid("kms_key_name", request -> existing(request, "k")),
                invalid("kms_key_name", request -> existing(request, "k".repeat(91))),
                invalid("kms_key_name", request -> existing(request, "key\u0007")),
                invalid("kms_key_name", request -> existing(request, "key ")),
                invalid("kms_key_name", request -> existing(request, UUID)),
                invalid("separate_keys", request -> existing(request, "team-key").withSeparateKeys(true)),
                invalid("region", request -> request.withRegion("mars-1")),
                invalid("region", request -> request.withRegion("US-SOUTH")),
                invalid("region", request -> DeployRequest.of("r-1", "hpc-1")),
                invalid("zone", request -> request.withZone("us-south-4")),
                invalid("zone", request -> request.withZone("us-south")),
                invalid("zone", request -> request.withZone("eu-de-1")),
                invalid("kms_region", request -> request.withKmsRegion("eu-de-1")),
                invalid("resource_group", request -> request.withResourceGroup("")),
                invalid("resource_group", request -> request.withResourceGroup("  ")),
                invalid("resource_group", request -> request.withResourceGroup("a\u0000b")),
                invalid("resource_group", request -> request.withResourceGroup("x".repeat(129))),
                invalid("resource_group", request -> request.withResourceGroup(MEGABYTE)),
                invalid("cos_instance_guid", request -> request.withCosInstanceGuid("my-cos")),
                invalid("cos_instance_guid", request -> request.withCosInstanceGuid("../" + UUID)),
                material("c2VjcmV0IG1hdGVyaWFs"),
                material(""),
                material("file:"),
                material("file:/etc/passwd"),
                material("file:../key"),
                material("file:keys/../../key"),
                material("file:keys//key"),
                material("file:keys/"),
                material("file:.hidden"),
                material("file:a\\b"),
                material("file:a\u0000b"),
                material("file:a b"),
                material("file:" + "a".repeat(196)),
                material("file:" + MEGABYTE),
                material("env:PATH"),
                material("env:KEYFOLD_IBM_API_KEY"),
                material("env:KEYFOLD_KEY_MATERIAL_"),
                material("env:KEYFOLD_KEY_MATERIAL_a"),
                material("vault:../sys/health"),
                material("vault:https://elsewhere/key"),
                material("vault:key?version=1"),
                material("vault:%2e%2e/key"),
                material("FILE:key"),
                material("file:key\n"),
                invalid("key_material_reference", request -> brought(request).withProviderManaged()),
                invalid("key_material_reference", request -> existing(brought(request), "team-key")),
                invalid("key_material_reference", request -> brought(request).withSeparateKeys(true)),
                invalid("rotation_interval_months", request -> request.withRotationIntervalMonths(0)),
                invalid("rotation_interval_months", request -> request.withRotationIntervalMonths(13)),
                invalid(
                        "rotation_interval_months",
                        request -> existing(request, "team-key").withRotationIntervalMonths(3)),
                invalid(
                        "dual_authorization_delete",
                        request -> existing(request, "team-key").withDualAuthorizationDelete(true)),
                invalid("requested_by", request -> request.withRequestedBy("x\u001b[2J")),
                invalid("requested_by", request -> request.withRequestedBy(MEGABYTE)),
                invalid("deadline", request -> request.withDeadline(NOW)),
                invalid("deadline", request -> request.withDeadline(Instant.EPOCH)),
                invalid("deadline", request -> request.withDeadline(NOW.plus(Duration.ofDays(7)).plusMillis(1))),
                invalid("deadline", request -> request.withDeadline(Instant.MAX)));
    }

    @Test
    @Tag("case-21")
    void all_broken_rules_are_reported_at_once_in_the_order_of_the_inputs() {
        DeployRequest all = DeployRequest.of("not an id", "HPC").withAccount("Other").withExternalId("\u0000")
                .withKeyManagement("hpcs").withKmsInstanceName("a/b").withKmsKeyName("k").withSeparateKeys(true)
                .withRegion("mars").withZone("mars-9").withKmsRegion("venus").withResourceGroup("")
                .withCosInstanceGuid("no").withKeyMaterialReference("ref")
                .withRotationIntervalMonths(99).withDualAuthorizationDelete(true).withRequestedBy("\r")
                .withDeadline(Instant.EPOCH);

        assertThat(RequestRules.check(all, NOW)).extracting(Violation::input).containsExactly(
                "request_id",
                "account",
                "cluster_prefix",
                "external_id",
                "key_management",
                "kms_instance_name",
                "kms_key_name",
                "separate_keys",
                "region",
                "zone",
                "kms_region",
                "resource_group",
                "cos_instance_guid",
                "key_material_reference",
                "key_material_reference",
                "key_material_reference",
                "rotation_interval_months",
                "rotation_interval_months",
                "rotation_interval_months",
                "dual_authorization_delete",
                "requested_by",
                "deadline");
    }

    @Test
    void created_and_imported_keys_can_be_made_to_take_two_identities_to_delete() {
        assertAccepted(request().withDualAuthorizationDelete(true));
        assertAccepted(brought(request()).withDualAuthorizationDelete(true));
        assertAccepted(request().withSeparateKeys(true).withDualAuthorizationDelete(true));
    }

    @Test
    void an_imported_key_is_not_rotated_by_itself() {
        assertThat(
                RequestRules.check(
                        request().withKeyMaterialReference("vault:a/b").withRotationIntervalMonths(3), NOW))
                .extracting(Violation::message).anyMatch(
                        message -> message.equals(
                                "INVALID_REQUEST: rotation_interval_months = \"3\"; allowed: left out with"
                                        + " key_material_reference: Key Protect rotates no imported key by itself"));
    }

    @Test
    void a_violation_says_what_was_given_and_what_is_allowed() {
        assertThat(RequestRules.check(request().withZone("eu-de-1"), NOW)).extracting(Violation::message)
                .containsExactly(
                        "INVALID_REQUEST: zone = \"eu-de-1\"; allowed: a zone of region us-south: us-south-1, us-south-2,"
                                + " us-south-3");
        assertThat(RequestRules.check(request().withKmsKeyName("team-key"), NOW)).extracting(Violation::message)
                .containsExactly(
                        "INVALID_REQUEST: kms_key_name = \"team-key\"; allowed: only with kms_instance_name, the"
                                + " instance that the key is in");
    }

    @Test
    @Tag("case-17")
    void what_was_given_is_shortened_and_cannot_play_tricks_on_a_terminal() {
        assertThat(RequestRules.check(request().withRequestedBy("\u001b[2J\r\n\"x\" \u202e"), NOW))
                .extracting(Violation::given).containsExactly("\"\\u{1b}[2J\\r\\n\\\"x\\\" \\u{202e}\"");
        assertThat(RequestRules.check(request().withExternalId(MEGABYTE), NOW)).extracting(Violation::given)
                .containsExactly("\"" + "a".repeat(60) + "…\" (1048576 characters)");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "../../v1/keys", "%2e%2e%2fkeys", "a\\b", "\"Default\"", "${jndi:ldap://host/x}", "{{7*7}}", "$(id)",
                "`id`",
                "<script>", "a;b", "a|b", "hpc\r\nX-Injected: 1"})
    @Tag("case-17")
    void a_resource_group_that_would_mean_something_to_a_shell_an_address_or_a_template_is_refused(String name) {
        assertThat(RequestRules.check(request().withResourceGroup(name), NOW)).singleElement().satisfies(broken -> {
            assertThat(broken.input()).isEqualTo("resource_group");
            assertThat(broken.message()).contains(
                    "allowed: the name of a resource group of the account, as ibmcloud resource groups lists it: 1 to 128"
                            + " characters, no control characters, no space at the ends, none of \"`<>{}[]$%\\/|;");
        });
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Default", "default", "my group", "HPC_prod-2.0", "R&D (EU), team #4", "Bob's", "Forschung & Übung",
                "研究",
                "5c49eabcf5e85881a37e2d100a33b3df"})
    void a_resource_group_may_have_any_name_that_only_names_it(String name) {
        assertAccepted(request().withResourceGroup(name));
    }

    @Test
    @Tag("case-112")
    void a_key_material_reference_is_never_shown_since_it_may_be_the_material_itself() {
        DeployRequest request = request().withKeyMaterialReference("c2VjcmV0IG1hdGVyaWFs");

        assertThat(RequestRules.check(request, NOW).toString()).doesNotContain("c2VjcmV0")
                .contains("(not shown)");
        assertThat(request.toString()).doesNotContain("c2VjcmV0");
        assertThat(request.clipped().keyMaterialReference()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "file:hpc-1.key", "file:prod/hpc-1/root_key", "file:-", "vault:hpc-1", "vault:prod/hpc-1",
                "env:KEYFOLD_KEY_MATERIAL_HPC_1"})
    void material_is_brought_from_a_file_a_variable_or_a_vault(String reference) {
        assertAccepted(request().withKeyMaterialReference(reference));
    }

    @ParameterizedTest
    @ValueSource(strings = {"a", "hpc-1", "a1", "abc-def-ghi-0123", "a-1-2-3"})
    @Tag("case-10")
    void good_prefixes_are_accepted(String prefix) {
        assertAccepted(prefix(prefix));
    }

    @ParameterizedTest
    @ValueSource(strings = {"default", "prod", "team-a", "0"})
    void any_account_that_settings_can_name_is_accepted(String account) {
        assertAccepted(request().withAccount(account));
    }

    @Test
    void an_import_keeps_the_rules_of_a_deploy_and_asks_for_nothing_that_only_a_new_key_could_have() {
        assertThat(RequestRules.checkImport(request(), NOW)).isEmpty();
        assertThat(
                RequestRules.checkImport(
                        brought(prefix("HPC_1")).withRotationIntervalMonths(3).withDualAuthorizationDelete(true), NOW))
                .extracting(Violation::message)
                .anyMatch(message -> message.contains("cluster_prefix = \"HPC_1\""))
                .anyMatch(message -> message.contains("left out of an import: an existing key has its material"))
                .anyMatch(message -> message.contains("left out of an import: an existing key is used as it is"))
                .anyMatch(message -> message.contains("false in an import: an existing key is used as it is"));
        assertThat(RequestRules.checkImport(existing(request(), "team-key").withRotationIntervalMonths(3), NOW))
                .as("said once").hasSize(1);
    }

    @Test
    @Tag("case-22")
    void every_region_has_three_zones() {
        assertThat(CloudRegions.ofIbm().all()).hasSize(13).contains("us-south", "eu-de", "jp-osa")
                .doesNotHaveDuplicates();
        for (String region : CloudRegions.ofIbm().all()) {
            assertAccepted(DeployRequest.of("r-1", "hpc-1").withRegion(region).withKmsRegion(region));
            for (int zone = 1; zone <= 3; zone++) {
                DeployRequest request = DeployRequest.of("r-1", "hpc-1").withZone(region + "-" + zone);
                assertAccepted(request);
                assertThat(request.clusterRegion()).contains(region);
                assertThat(request.keyRegion()).contains(region);
            }
        }
    }

    private static Broken invalid(String input, UnaryOperator<DeployRequest> change) {
        return new Broken(input, "INVALID_REQUEST", change);
    }

    private static DeployRequest request() {
        return DeployRequest.of("r-1", "hpc-1").withRegion("us-south");
    }

    private static DeployRequest prefix(String prefix) {
        return DeployRequest.of("r-1", prefix).withRegion("us-south");
    }

    private static Broken material(String reference) {
        return invalid("key_material_reference", request -> request.withKeyMaterialReference(reference));
    }

    private static DeployRequest brought(DeployRequest request) {
        return request.withKeyMaterialReference("file:hpc-1.key");
    }

    private static DeployRequest existing(DeployRequest request, String key) {
        return request.withKmsInstanceName("shared").withKmsKeyName(key);
    }

    private static void assertAccepted(DeployRequest request) {
        assertThat(RequestRules.check(request, NOW)).isEmpty();
    }
}
