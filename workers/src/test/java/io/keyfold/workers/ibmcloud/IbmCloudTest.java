package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.keyfold.emulator.EmulatorServer;
import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.emulator.service.Behaviour;
import io.keyfold.emulator.service.Effect;
import io.keyfold.workers.authorization.AuthorizationPolicies;
import io.keyfold.workers.authorization.AuthorizationPolicy;
import io.keyfold.workers.authorization.AuthorizationRole;
import io.keyfold.workers.authorization.AuthorizationSource;
import io.keyfold.workers.authorization.NewAuthorization;
import io.keyfold.workers.kmsinstance.KmsInstance;
import io.keyfold.workers.kmsinstance.NewKmsInstance.AllowedNetwork;
import io.keyfold.workers.kmsinstance.NewKmsInstance;
import io.keyfold.workers.rootkey.KeyRegistration;
import io.keyfold.workers.rootkey.NewRootKey;
import io.keyfold.workers.rootkey.RootKey;
import io.keyfold.workers.rootkey.RootKeys;
import io.keyfold.workers.step.Crn;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.InstanceAddress;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The three ports against the emulated cloud: what they find, make and remove, and what its faults look like.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class IbmCloudTest {
    private static final String FOREIGN = "IBMid-someone";
    private static final AuthorizationSource SHARE = AuthorizationSource.fileStorage();

    private EmulatorServer emulator;
    private IbmCloud cloud;
    /// For what is made to hang.
    private IbmCloud impatient;

    @BeforeEach
    void start() {
        emulator = EmulatorServer.start(EmulatorSettings.of(Map.of("seed", "7")));
        cloud = new IbmCloud(settings(EmulatorSettings.USUAL_API_KEY, Duration.ofSeconds(20)));
        impatient = new IbmCloud(settings(EmulatorSettings.USUAL_API_KEY, Duration.ofMillis(500)));
    }

    @AfterEach
    void stop() {
        impatient.close();
        cloud.close();
        emulator.close();
    }

    // Instances

    @Test
    void an_instance_is_found_by_its_name_and_guid_and_known_as_ours() {
        var before = Instant.now().minusSeconds(1);
        var created = createInstance("hpc-1-kms");
        assertThat(created.createdBy()).isEqualTo(cloud.kmsInstances().whoAmI());
        assertThat(created.createdAt()).isAfter(before);
        assertThat(created.region()).isEqualTo("us-south");
        assertThat(created.crn().instance()).isEqualTo(created.guid());
        assertThat(cloud.kmsInstances().named("hpc-1-kms")).extracting(KmsInstance::guid)
                .containsExactly(created.guid());
        assertThat(cloud.kmsInstances().byGuid(created.guid())).map(KmsInstance::state)
                .contains(KmsInstance.State.ACTIVE);
        assertThat(cloud.kmsInstances().named("hpc-1-km")).isEmpty();
        assertThat(cloud.kmsInstances().named("HPC-1-KMS")).isEmpty();
    }

    @Test
    void an_instance_provisions_until_it_is_active() {
        strike("resource-controller.create_instance", "{\"type\":\"provisioning\",\"ms\":60000}");
        var created = createInstance("hpc-1-kms");
        assertThat(created.state()).isEqualTo(KmsInstance.State.PROVISIONING);
        emulator.cloud().clock().advance(Duration.ofMinutes(2));
        assertThat(cloud.kmsInstances().byGuid(created.guid()).orElseThrow().state())
                .isEqualTo(KmsInstance.State.ACTIVE);
    }

    @Test
    void an_instance_that_failed_is_still_found_and_says_why() {
        strike("resource-controller.create_instance", "{\"type\":\"provisioning\",\"ms\":0,\"fails\":true}");
        var created = createInstance("hpc-1-kms");
        assertThat(cloud.kmsInstances().named("hpc-1-kms")).singleElement().satisfies(found -> {
            assertThat(found.guid()).isEqualTo(created.guid());
            assertThat(found.state()).isEqualTo(KmsInstance.State.FAILED);
            assertThat(found.trouble()).isPresent();
        });
        assertThat(cloud.kmsInstances().activeOrProvisioning("hpc-1-kms")).isEmpty();
    }

    @Test
    @Tag("case-39")
    void all_instances_of_a_name_are_found_over_many_pages_the_oldest_first() {
        for (int number = 0; number < 230; number++) {
            seedInstance("twin");
        }
        seedInstance("other");
        assertThat(cloud.kmsInstances().named("twin")).hasSize(230).isSortedAccordingTo(KmsInstance.OLDEST_FIRST);
        assertThat(cloud.kmsInstances().activeOrProvisioning("twin")).hasSize(230);
    }

    @Test
    @Tag("case-50")
    void a_deleted_instance_is_no_longer_found_by_name_and_deleting_it_again_is_done() {
        var created = createInstance("hpc-1-kms");
        cloud.kmsInstances().delete(created.guid());
        cloud.kmsInstances().delete(created.guid());
        assertThat(cloud.kmsInstances().named("hpc-1-kms")).isEmpty();
        assertThat(cloud.kmsInstances().byGuid(created.guid()).map(instance -> instance.state().isGone()).orElse(true))
                .isTrue();
        assertThat(cloud.kmsInstances().byGuid("3f1c9a52-0000-4000-8000-000000000000")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {409, 422})
    void an_instance_with_keys_cannot_be_deleted(int status) {
        emulator.cloud().cloud().behave(behaving("instance.with.keys.status", (long) status));
        var created = createInstance("hpc-1-kms");
        createKey(address(created), "hpc-1-key", "mark-1");
        assertThat(faultOf(() -> cloud.kmsInstances().delete(created.guid())))
                .isInstanceOfSatisfying(Fault.Permanent.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.KEYS_REMAIN);
                    assertThat(fault.answer().httpStatus()).hasValue(status);
                    assertThat(fault.answer().transactionId()).isPresent();
                });
    }

    @Test
    void a_resource_group_is_found_by_its_name() {
        assertThat(cloud.kmsInstances().resourceGroupId("Default")).isPresent();
        assertThat(cloud.kmsInstances().resourceGroupId("default")).isEmpty();
        assertThat(cloud.kmsInstances().resourceGroupId("none")).isEmpty();
    }

    @Test
    @Tag("case-52")
    void an_instance_in_an_unknown_resource_group_is_refused() {
        var wanted = new NewKmsInstance("x", "us-south", "0".repeat(32), AllowedNetwork.PUBLIC_AND_PRIVATE, List.of());
        assertThat(faultOf(() -> cloud.kmsInstances().create(wanted))).isInstanceOf(Fault.Permanent.class);
        assertThat(performed("create_instance")).isEmpty();
    }

    // Root keys

    @Test
    void a_root_key_is_found_by_alias_id_and_name() {
        var instance = address(createInstance("hpc-1-kms"));
        var created = createKey(instance, "hpc-1-key", "mark-1");
        assertThat(created.isUsable()).isTrue();
        assertThat(created.crn().resource()).isEqualTo(created.id());
        assertThat(created.crn().instance()).isEqualTo(instance.guid());
        assertThat(created.createdBy()).contains(cloud.kmsInstances().whoAmI());
        assertThat(cloud.rootKeys().byAlias(instance, "mark-1")).contains(created);
        assertThat(cloud.rootKeys().byId(instance, created.id())).contains(created);
        assertThat(cloud.rootKeys().named(instance, "hpc-1-key")).containsExactly(created);
        assertThat(cloud.rootKeys().byAlias(instance, created.id())).as("an id is no alias").isEmpty();
        assertThat(cloud.rootKeys().byId(instance, "mark-1")).as("an alias is no id").isEmpty();
        assertThat(cloud.rootKeys().named(instance, "hpc-1-ke")).isEmpty();
    }

    @Test
    void a_taken_alias_makes_no_second_key() {
        var instance = address(createInstance("hpc-1-kms"));
        createKey(instance, "hpc-1-key", "mark-1");
        assertThat(cloud.rootKeys().create(instance, new NewRootKey("hpc-1-key", "mark-1", "again")))
                .isInstanceOf(RootKeys.Creation.AliasTaken.class);
        assertThat(performed("create_key")).hasSize(1);
    }

    @Test
    @Tag("case-39")
    void all_keys_of_a_name_are_found_over_many_pages_whatever_their_kind_but_no_destroyed_one() {
        var instance = address(seedInstance("shared-kms"));
        for (int number = 0; number < 450; number++) {
            seedKey(instance, "twin", false, 1);
        }
        seedKey(instance, "twin", true, 1);
        seedKey(instance, "twin", false, 2);
        seedKey(instance, "twin", false, 3);
        seedKey(instance, "twin", false, 5);
        seedKey(instance, "twin-2", false, 1);
        var found = cloud.rootKeys().named(instance, "twin");
        assertThat(found).hasSize(453);
        assertThat(found.stream().filter(RootKey::isUsable)).hasSize(450);
        assertThat(found).extracting(RootKey::state).contains(RootKey.State.SUSPENDED, RootKey.State.DEACTIVATED);
    }

    @Test
    void an_instance_without_keys_has_none() {
        assertThat(cloud.rootKeys().named(address(createInstance("hpc-1-kms")), "x")).isEmpty();
    }

    @Test
    void a_deleted_key_is_not_found_and_deleting_it_again_is_done() {
        var instance = address(createInstance("hpc-1-kms"));
        var created = createKey(instance, "hpc-1-key", "mark-1");
        cloud.rootKeys().delete(instance, created.id());
        cloud.rootKeys().delete(instance, created.id());
        assertThat(cloud.rootKeys().byId(instance, created.id())).isEmpty();
        assertThat(cloud.rootKeys().byAlias(instance, "mark-1")).isEmpty();
        assertThat(cloud.rootKeys().named(instance, "hpc-1-key")).isEmpty();
        assertThat(performed("delete_key")).hasSize(1);
    }

    @Test
    void a_key_in_use_is_not_deleted_and_says_what_it_protects() {
        var instance = address(createInstance("hpc-1-kms"));
        var created = createKey(instance, "hpc-1-key", "mark-1");
        register(instance, created.id(), volume(1));
        assertThat(faultOf(() -> cloud.rootKeys().delete(instance, created.id()))).isInstanceOfSatisfying(
                Fault.Permanent.class, fault -> {
                    assertThat(fault.code()).isEqualTo(FaultCode.KEY_IN_USE);
                    assertThat(fault.answer().code()).contains("PROTECTED_RESOURCE_ERR");
                });
        assertThat(cloud.rootKeys().registrations(instance, created.id()).orElseThrow())
                .containsExactly(new KeyRegistration(created.id(), volume(1), false));
    }

    @Test
    @Tag("case-39")
    void registrations_are_read_over_many_pages() {
        var instance = address(createInstance("hpc-1-kms"));
        var created = createKey(instance, "hpc-1-key", "mark-1");
        for (int number = 0; number < 420; number++) {
            register(instance, created.id(), volume(number));
        }
        assertThat(cloud.rootKeys().registrations(instance, created.id()).orElseThrow()).hasSize(420);
    }

    // Authorizations

    @Test
    void an_authorization_is_read_back_by_its_id() {
        var instance = createInstance("hpc-1-kms");
        var created = authorize(SHARE, instance, "mark-1");
        assertThat(created).isInstanceOfSatisfying(AuthorizationPolicies.Creation.Created.class, made -> {
            var policy = made.policy();
            assertThat(policy.source()).contains(SHARE);
            assertThat(policy.targetService()).isEqualTo("kms");
            assertThat(policy.targetInstance()).contains(instance.guid());
            assertThat(policy.roles()).containsExactly(AuthorizationRole.READER.crn());
            assertThat(policy.description()).isEqualTo("mark-1");
            assertThat(policy.createdAt()).isPresent();
            assertThat(cloud.authorizationPolicies().byId(policy.id())).contains(policy);
        });
    }

    @Test
    void a_second_one_of_the_same_kind_is_a_duplicate_that_names_the_first() {
        var instance = createInstance("hpc-1-kms");
        var first = ((AuthorizationPolicies.Creation.Created) authorize(SHARE, instance, "mark-1")).policy();
        assertThat(authorize(SHARE, instance, "mark-2")).isEqualTo(
                new AuthorizationPolicies.Creation.Duplicate(Optional.of(first.id()), Optional.of("mark-1")));
        assertThat(performed("create_policy")).hasSize(1);
    }

    @Test
    @Tag("case-45")
    void one_for_another_source_is_none() {
        var instance = createInstance("hpc-1-kms");
        for (var source : List.of(SHARE, AuthorizationSource.blockStorage(),
                AuthorizationSource.objectStorage(Optional.of("3f1c9a52-0000-4000-8000-000000000001")),
                AuthorizationSource.objectStorage(Optional.of("3f1c9a52-0000-4000-8000-000000000002")))) {
            assertThat(authorize(source, instance, "mark")).isInstanceOf(AuthorizationPolicies.Creation.Created.class);
        }
        assertThat(onInstance(instance.guid())).hasSize(4);
    }

    @Test
    @Tag("case-56")
    void a_new_authorization_can_be_invisible_for_a_while() {
        strike("iam-policy-v1.create_policy", "{\"type\":\"delayed_visibility\",\"ms\":60000}");
        var created = (AuthorizationPolicies.Creation.Created) authorize(SHARE, createInstance("hpc-1-kms"), "mark-1");
        assertThat(cloud.authorizationPolicies().byId(created.policy().id())).isEmpty();
        emulator.cloud().clock().advance(Duration.ofMinutes(2));
        assertThat(cloud.authorizationPolicies().byId(created.policy().id())).isPresent();
    }

    @Test
    void a_deleted_authorization_is_gone_and_deleting_it_again_is_done() {
        var instance = createInstance("hpc-1-kms");
        var policy = ((AuthorizationPolicies.Creation.Created) authorize(SHARE, instance, "mark-1")).policy();
        cloud.authorizationPolicies().delete(policy.id());
        cloud.authorizationPolicies().delete(policy.id());
        assertThat(cloud.authorizationPolicies().byId(policy.id())).isEmpty();
        assertThat(onInstance(instance.guid())).isEmpty();
    }

    @Test
    void the_authorizations_on_an_instance_are_found_among_all_of_the_account() {
        var instance = createInstance("hpc-1-kms");
        var mine = ((AuthorizationPolicies.Creation.Created) authorize(SHARE, instance, "mark-1")).policy();
        for (int number = 0; number < 250; number++) {
            seedAuthorization("server-protect", "3f1c9a52-0000-4000-8000-%012d".formatted(number));
        }
        seedAuthorization("server-protect", instance.guid());
        assertThat(onInstance(instance.guid()))
                .extracting(AuthorizationPolicy::description).containsExactlyInAnyOrder("mark-1", "seeded");
        assertThat(onInstance(instance.guid()))
                .extracting(AuthorizationPolicy::id).contains(mine.id());
    }

    @Test
    void what_a_source_has_registered_is_told_from_what_others_have() {
        var instance = address(createInstance("hpc-1-kms"));
        var key = createKey(instance, "hpc-1-key", "mark-1");
        var share = "crn:v1:bluemix:public:is:us-south-1:a/acc::share:r006-1";
        var bucket = "crn:v1:bluemix:public:cloud-object-storage:global:a/acc:cos-guid:bucket:logs";
        for (var resource : List.of(volume(1), share, bucket)) {
            register(instance, key.id(), resource);
        }
        var policies = cloud.authorizationPolicies();
        assertThat(policies.registeredBy(AuthorizationSource.blockStorage(), instance)).containsExactly(volume(1));
        assertThat(policies.registeredBy(SHARE, instance)).containsExactly(share);
        assertThat(policies.registeredBy(AuthorizationSource.objectStorage(Optional.empty()), instance))
                .containsExactly(bucket);
        assertThat(policies.registeredBy(AuthorizationSource.objectStorage(Optional.of("cos-guid")), instance))
                .containsExactly(bucket);
        assertThat(policies.registeredBy(AuthorizationSource.objectStorage(Optional.of("other")), instance)).isEmpty();
    }

    // Faults

    @ParameterizedTest
    @CsvSource({
        "reset_before, 0", "reset_after, 1", "hang_before, 0", "hang_after, 1", "truncate, 1", "malformed, 1",
        "empty, 1", "html, 1", "trickle, 1"})
    void a_create_that_breaks_is_sent_once_and_looking_finds_what_it_did(String fault, int effects) {
        var wanted = newInstance("hpc-1-kms");
        strike("resource-controller.create_instance", "{\"type\":\"" + fault + "\"}");
        assertThat(faultOf(() -> impatient.kmsInstances().create(wanted))).isInstanceOf(Fault.UnknownOutcome.class);
        assertThat(cloud.kmsInstances().named("hpc-1-kms")).hasSize(effects);

        var instance = seedInstance("shared-kms");
        var address = address(instance);
        strike("key-protect.create_key", "{\"type\":\"" + fault + "\"}");
        assertThat(faultOf(() -> impatient.rootKeys().create(address, new NewRootKey("hpc-1-key", "mark-1", ""))))
                .isInstanceOf(Fault.UnknownOutcome.class);
        assertThat(cloud.rootKeys().byAlias(address, "mark-1").stream()).hasSize(effects);

        strike("iam-policy-v1.create_policy", "{\"type\":\"" + fault + "\"}");
        assertThat(faultOf(() -> impatient.authorizationPolicies().create(newAuthorization(SHARE, instance, "mark-1"))))
                .isInstanceOf(Fault.UnknownOutcome.class);
        assertThat(onInstance(instance.guid())).hasSize(effects);

        assertThat(List.of("create_instance", "create_key", "create_policy"))
                .allSatisfy(operation -> assertThat(performed(operation)).hasSize(effects));
        assertThat(emulator.cloud().counts().calls("resource-controller.create_instance")).isEqualTo(1);
        assertThat(emulator.cloud().counts().calls("key-protect.create_key")).isEqualTo(1);
        assertThat(emulator.cloud().counts().calls("iam-policy-v1.create_policy")).isEqualTo(1);
    }

    @ParameterizedTest
    @ValueSource(strings = {"reset_before", "hang_before", "truncate", "malformed", "empty", "html", "trickle"})
    void a_read_that_breaks_may_work_the_next_time(String fault) {
        var instance = createInstance("hpc-1-kms");
        var key = createKey(address(instance), "hpc-1-key", "mark-1");
        var policy = ((AuthorizationPolicies.Creation.Created) authorize(SHARE, instance, "mark-1")).policy();
        assertThat(impatient.kmsInstances().whoAmI()).as("it has a token").isEqualTo(instance.createdBy());
        for (Supplier<Optional<?>> read : List.<Supplier<Optional<?>>>of(
                () -> impatient.kmsInstances().byGuid(instance.guid()),
                () -> impatient.kmsInstances().named("hpc-1-kms").stream().findFirst(),
                () -> impatient.rootKeys().byId(address(instance), key.id()),
                () -> impatient.authorizationPolicies().byId(policy.id()))) {
            strike("**", "{\"type\":\"" + fault + "\"}");
            assertThat(faultOf(read::get)).isInstanceOf(Fault.Transient.class);
            assertThat(read.get()).isPresent();
            assertThat(emulator.cloud().faults().struck("**")).isEqualTo(1);
        }
    }

    @ParameterizedTest
    @CsvSource({"quota, QUOTA_EXCEEDED", "forbidden, FORBIDDEN"})
    void a_refusal_is_permanent_and_told_apart(String fault, FaultCode code) {
        var instance = seedInstance("shared-kms");
        emulator.cloud().addFaults("{\"operation\":\"*.create_*\",\"fault\":{\"type\":\"" + fault + "\"}}");
        for (Runnable create : List.<Runnable>of(
                () -> createInstance("hpc-1-kms"), () -> createKey(address(instance), "hpc-1-key", "mark-1"),
                () -> authorize(SHARE, instance, "mark-1"))) {
            assertThat(faultOf(create)).isInstanceOf(Fault.Permanent.class).extracting(Fault::code).isEqualTo(code);
        }
    }

    @Test
    @Tag("case-113")
    void a_service_id_without_roles_is_forbidden_everything() {
        var instance = seedInstance("shared-kms");
        emulator.cloud().addApiKey("powerless", "powerless", emulator.cloud().account(), Set.of());
        try (var powerless = new IbmCloud(settings("powerless", Duration.ofSeconds(20)))) {
            assertThat(List.<Runnable>of(
                    () -> powerless.kmsInstances().create(newInstance("hpc-1-kms")),
                    () -> powerless.rootKeys().create(address(instance), new NewRootKey("k", "mark-1", "")),
                    () -> powerless.authorizationPolicies().create(newAuthorization(SHARE, instance, "mark-1"))))
                    .allSatisfy(call -> assertThat(faultOf(call).code()).isEqualTo(FaultCode.FORBIDDEN));
        }
    }

    @Test
    @Tag("case-34")
    void an_expired_token_is_replaced_without_anyone_noticing() {
        var instance = createInstance("hpc-1-kms");
        emulator.cloud().clock().advance(Duration.ofHours(2));
        createKey(address(instance), "hpc-1-key", "mark-1");
        assertThat(performed("create_key")).hasSize(1);
        assertThat(emulator.cloud().counts().calls("iam.token")).isEqualTo(2);
    }

    @Test
    void a_revoked_api_key_fails_nobody_for_good() {
        createInstance("hpc-1-kms");
        emulator.cloud().apiKeys().revoke("key-1");
        emulator.cloud().clock().advance(Duration.ofHours(2));
        assertThat(faultOf(() -> createInstance("hpc-2-kms"))).isInstanceOfSatisfying(
                Fault.Transient.class, fault -> assertThat(fault.code()).isEqualTo(FaultCode.CREDENTIALS_REJECTED));
    }

    @Test
    void a_thousand_calls_at_once_leave_no_more_connections_than_are_kept() throws Exception {
        var instance = createInstance("hpc-1-kms");
        try (var executor = Executors.newVirtualThreadPerTaskExecutor()) {
            var running = IntStream.range(0, 1000)
                    .mapToObj(number -> executor.submit(() -> cloud.kmsInstances().byGuid(instance.guid())))
                    .toList();
            for (var each : running) {
                assertThat(each.get()).isPresent();
            }
        }
        cloud.close();
        Awaitility.await().untilAsserted(() -> assertThat(emulator.openConnections()).isZero());
        assertThat(emulator.cloud().counts().calls("iam.token")).isEqualTo(1);
    }

    private KmsInstance createInstance(String name) {
        return cloud.kmsInstances().create(newInstance(name));
    }

    private NewKmsInstance newInstance(String name) {
        var group = cloud.kmsInstances().resourceGroupId("Default").orElseThrow();
        return new NewKmsInstance(name, "us-south", group, AllowedNetwork.PUBLIC_AND_PRIVATE, List.of("cluster:hpc-1"));
    }

    private KmsInstance seedInstance(String name) {
        var group = emulator.cloud().groups().of(emulator.cloud().account()).getFirst();
        var guid = emulator.cloud().cloud().locked(() -> emulator.cloud().instances().seed(
                Optional.empty(), name, emulator.cloud().account(), "us-south", group, FOREIGN)).guid();
        return name.equals("shared-kms") ? cloud.kmsInstances().byGuid(guid).orElseThrow() : placeholder(guid, name);
    }

    // Many are seeded, and reading each back would take its time.
    private static KmsInstance placeholder(String guid, String name) {
        return new KmsInstance(
                new Crn("crn:v1:bluemix:public:kms:us-south:a/acc:" + guid + "::"), guid, name,
                "us-south", "group", KmsInstance.State.ACTIVE, Instant.EPOCH, FOREIGN, Optional.empty(),
                Optional.empty());
    }

    private RootKey createKey(InstanceAddress instance, String name, String alias) {
        return ((RootKeys.Creation.Created) cloud.rootKeys().create(instance, new NewRootKey(name, alias, "of hpc-1")))
                .key();
    }

    private void seedKey(InstanceAddress instance, String name, boolean extractable, int state) {
        emulator.cloud().cloud().locked(() -> emulator.cloud().vaults().seedKey(
                instance.guid(), name, List.of(), extractable, state, FOREIGN));
    }

    private void register(InstanceAddress instance, String keyId, String resource) {
        emulator.cloud().cloud().locked(() -> {
            emulator.cloud().vaults().register(instance.guid(), keyId, resource, false, FOREIGN);
            return true;
        });
    }

    private AuthorizationPolicies.Creation authorize(AuthorizationSource source, KmsInstance instance, String mark) {
        return cloud.authorizationPolicies().create(newAuthorization(source, instance, mark));
    }

    private static NewAuthorization newAuthorization(AuthorizationSource source, KmsInstance instance, String mark) {
        return new NewAuthorization(source, instance.guid(), List.of(AuthorizationRole.READER), mark);
    }

    private void seedAuthorization(String source, String instanceGuid) {
        emulator.cloud().cloud().locked(() -> emulator.cloud().policies().seedAuthorization(
                emulator.cloud().account(), FOREIGN, source, "", "", instanceGuid,
                List.of(AuthorizationRole.READER.crn()), "seeded"));
    }

    /// The next call of the operation, and no other, is struck by the fault.
    private void strike(String operation, String fault) {
        emulator.cloud().addFaults("{\"name\":\"" + operation + "\",\"operation\":\"" + operation
                + "\",\"count\":1,\"fault\":" + fault + "}");
    }

    private List<Effect> performed(String operation) {
        return emulator.cloud().effects().all().stream()
                .filter(effect -> effect.performed() && effect.operation().endsWith("." + operation))
                .toList();
    }

    private Behaviour behaving(String name, Object value) {
        var values = new HashMap<>(emulator.cloud().cloud().behaviour().values());
        values.put(name, value);
        return Behaviour.of(values);
    }

    private static String volume(int number) {
        return "crn:v1:bluemix:public:is:us-south-1:a/acc::volume:r006-" + number;
    }

    private static InstanceAddress address(KmsInstance instance) {
        return InstanceAddress.of(instance.crn());
    }

    private static Fault faultOf(Runnable call) {
        return catchThrowableOfType(FaultException.class, call::run).fault();
    }

    private List<AuthorizationPolicy> onInstance(String guid) {
        return cloud.authorizationPolicies().all().whole().stream()
                .filter(policy -> policy.targetInstance().equals(Optional.of(guid))).toList();
    }

    private IbmCloudSettings settings(String apiKey, Duration callTimeout) {
        URI url = emulator.baseUrl();
        return new IbmCloudSettings(
                url, url, new KeyProtectUrl.Given(url.toString()), new Credentials.ApiKey(new Secret(apiKey)),
                emulator.cloud().account(),
                callTimeout,
                callTimeout, 5000, 5000, 5000);
    }
}
