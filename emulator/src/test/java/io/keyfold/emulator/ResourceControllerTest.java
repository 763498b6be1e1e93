package io.keyfold.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.ibm.cloud.platform_services.resource_controller.v2.model.DeleteResourceInstanceOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.GetResourceInstanceOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.ListReclamationsOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.ListResourceInstancesOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.Reclamation;
import com.ibm.cloud.platform_services.resource_controller.v2.model.ResourceInstance;
import com.ibm.cloud.platform_services.resource_controller.v2.model.ResourceInstancesList;
import com.ibm.cloud.platform_services.resource_controller.v2.model.RunReclamationActionOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.UpdateResourceInstanceOptions;
import com.ibm.cloud.sdk.core.service.exception.ConflictException;
import com.ibm.cloud.sdk.core.service.exception.ForbiddenException;
import com.ibm.cloud.sdk.core.service.exception.NotFoundException;
import com.ibm.cloud.sdk.core.service.exception.ServiceResponseException;
import io.keyfold.emulator.service.Role;
import java.net.URI;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Date;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class ResourceControllerTest {

    private final EmulatorServer emulator = EmulatorServer.start(EmulatorSettings.usual());
    private final IbmClients ibm = IbmClients.of(emulator);

    @AfterEach
    void stop() {
        emulator.close();
    }

    private ResourceInstance get(String id) {
        return ibm.resourceController.getResourceInstance(new GetResourceInstanceOptions.Builder(id).build()).execute()
                .getResult();
    }

    private ResourceInstancesList list(ListResourceInstancesOptions options) {
        return ibm.resourceController.listResourceInstances(options).execute().getResult();
    }

    private void delete(String id) {
        ibm.resourceController
                .deleteResourceInstance(new DeleteResourceInstanceOptions.Builder(id).recursive(true).build())
                .execute();
    }

    @Test
    void an_instance_is_created_and_read_by_guid_and_by_crn() {
        ResourceInstance created = ibm.createInstance("hpc-1-kms");

        assertThat(created.getState()).isEqualTo("active");
        assertThat(created.getCreatedBy()).startsWith("iam-ServiceId-");
        assertThat(created.getCrn()).isEqualTo("crn:v1:bluemix:public:kms:us-south:a/" + Bodies.ACCOUNT + ":"
                + created.getGuid() + "::");
        assertThat(created.getLastOperation()).containsEntry("state", "succeeded");
        assertThat(created.getCreatedAt()).isCloseTo(Date.from(emulator.cloud().clock().instant()), 5_000);
        assertThat(get(created.getGuid())).isEqualTo(created);
        assertThat(get(created.getCrn())).isEqualTo(created);
    }

    @Test
    void provisioning_takes_its_time_and_answers_202() {
        emulator.cloud().cloud().behave(
                emulator.cloud().cloud().behaviour().changed(Raw.tree("{\"provisioning.delay.ms\": 60000}")));

        var response = ibm.createInstanceCall("slow");
        String guid = response.getResult().getGuid();

        assertThat(response.getStatusCode()).isEqualTo(202);
        assertThat(response.getResult().getState()).isEqualTo("provisioning");
        assertThat(response.getResult().getLastOperation()).containsEntry("state", "in progress");
        assertThatThrownBy(() -> delete(guid)).isInstanceOf(ConflictException.class);
        emulator.cloud().clock().advance(Duration.ofMinutes(1));
        assertThat(get(guid).getState()).isEqualTo("active");
    }

    @Test
    void two_instances_may_have_one_name() {
        String first = ibm.createInstance("twin").getGuid();
        String second = ibm.createInstance("twin").getGuid();

        var found = list(new ListResourceInstancesOptions.Builder().name("twin").build());

        assertThat(found.getRowsCount()).isEqualTo(2);
        assertThat(found.getResources()).extracting(ResourceInstance::getGuid).containsExactly(first, second);
    }

    @Test
    void a_list_comes_in_pages_that_follow_next_url() {
        for (int at = 0; at < 23; at++) {
            ibm.createInstance("many");
        }
        List<String> guids = new ArrayList<>();
        var options = new ListResourceInstancesOptions.Builder().name("many").limit(10).build();
        int pages = 0;
        while (true) {
            var page = list(options);
            pages++;
            page.getResources().forEach(one -> guids.add(one.getGuid()));
            if (page.getNextUrl() == null) {
                break;
            }
            String query = URI.create("http://x" + page.getNextUrl()).getQuery();
            String start = query.substring(query.indexOf("start=") + "start=".length());
            options = options.newBuilder().start(start).build();
        }
        assertThat(pages).isEqualTo(3);
        assertThat(guids).hasSize(23).doesNotHaveDuplicates();
    }

    @Test
    @Tag("case-50")
    void a_deleted_instance_is_pending_reclamation_and_not_listed_unless_asked_for() {
        String guid = ibm.createInstance("short-lived").getGuid();
        delete(guid);

        assertThat(get(guid).getState()).isEqualTo("pending_reclamation");
        assertThat(list(new ListResourceInstancesOptions.Builder().build()).getResources()).isEmpty();
        assertThat(list(new ListResourceInstancesOptions.Builder().state("pending_reclamation").build())
                .getResources()).extracting(ResourceInstance::getGuid).containsExactly(guid);
        assertThatThrownBy(() -> delete(guid)).isInstanceOfSatisfying(ServiceResponseException.class,
                refused -> assertThat(refused.getStatusCode()).isEqualTo(422));
    }

    @Test
    void a_reclamation_restores_or_removes_for_good() {
        String restored = ibm.createInstance("restored").getGuid();
        String reclaimed = ibm.createInstance("reclaimed").getGuid();
        delete(restored);
        delete(reclaimed);

        assertThat(act(reclamationOf(restored), "restore").getState()).isEqualTo("RESTORING");
        assertThat(act(reclamationOf(reclaimed), "reclaim").getState()).isEqualTo("RECLAIMING");

        assertThat(get(restored).getState()).isEqualTo("active");
        assertThat(get(reclaimed).getState()).isEqualTo("removed");
        assertThatThrownBy(() -> delete(reclaimed)).isInstanceOfSatisfying(ServiceResponseException.class,
                gone -> assertThat(gone.getStatusCode()).isEqualTo(410));
    }

    private Reclamation reclamationOf(String guid) {
        return ibm.resourceController
                .listReclamations(
                        new ListReclamationsOptions.Builder().accountId(Bodies.ACCOUNT).resourceInstanceId(guid)
                                .build())
                .execute().getResult().getResources().getFirst();
    }

    private Reclamation act(Reclamation reclamation, String action) {
        assertThat(reclamation.getState()).isEqualTo("SCHEDULED");
        return ibm.resourceController
                .runReclamationAction(
                        new RunReclamationActionOptions.Builder(reclamation.getId(), action).comment("x").build())
                .execute().getResult();
    }

    @Test
    void an_instance_with_keys_is_not_deleted() {
        String guid = ibm.createInstance("full").getGuid();
        ibm.createRootKey(guid, "vsi-key", "kf-a");

        assertThatThrownBy(() -> delete(guid)).isInstanceOf(ConflictException.class)
                .hasMessageContaining("CONTAINS_ACTIVE_KEYS");
        assertThat(get(guid).getState()).isEqualTo("active");
    }

    @Test
    void an_instance_is_renamed() {
        String guid = ibm.createInstance("before").getGuid();
        ResourceInstance changed = ibm.resourceController
                .updateResourceInstance(new UpdateResourceInstanceOptions.Builder(guid).name("after")
                        .parameters(Map.of("allowed_network", "private-only")).build())
                .execute().getResult();

        assertThat(changed.getName()).isEqualTo("after");
        assertThat(changed.getParameters()).containsEntry("allowed_network", "private-only");
    }

    @Test
    void an_unknown_instance_is_404_in_the_controllers_own_words() {
        assertThatThrownBy(() -> get("7b1f3c0e-0000-4000-8000-0000000000aa")).isInstanceOf(NotFoundException.class)
                .hasMessage("Instance not found");
        var raw = Raw.with(emulator, EmulatorSettings.USUAL_API_KEY).get("/v2/resource_instances/nothing");
        assertThat(Raw.json(raw).path("status_code").asInt()).isEqualTo(404);
        assertThat(Raw.json(raw).path("transaction_id").asText()).startsWith("bss-");
        assertThat(raw.headers().firstValue("X-Ratelimit-Limit")).contains("100");
        assertThat(raw.headers().firstValue("X-Correlation-Id")).isPresent();
    }

    @Test
    void what_is_wrong_with_a_request_is_said() {
        Raw raw = Raw.with(emulator, EmulatorSettings.USUAL_API_KEY);
        String group = emulator.cloud().groups().of(Bodies.ACCOUNT).getFirst().id();

        assertThat(raw.post("/v2/resource_instances", Bodies.instance("no/slash", group)).statusCode()).isEqualTo(400);
        assertThat(raw.post("/v2/resource_instances", Bodies.instance("x", "no-group")).statusCode()).isEqualTo(404);
        assertThat(raw.post("/v2/resource_instances", "{").statusCode()).isEqualTo(400);
        assertThat(raw.post("/v2/resource_instances",
                Bodies.instance("x", group).replace("us-south", "mars")).statusCode()).isEqualTo(400);
        assertThat(raw.post("/v2/resource_instances",
                Bodies.instance("x", group).replace("allowed_network", "service_endpoints")).body())
                .contains("Allowed Network parameter must be set");
        assertThat(raw.get("/v2/resource_instances?limit=101").statusCode()).isEqualTo(400);
    }

    @Test
    void a_viewer_sees_and_creates_nothing() {
        emulator.cloud().addApiKey("viewer-key", "viewer", Bodies.ACCOUNT, EnumSet.of(Role.VIEWER));
        String guid = ibm.createInstance("seen").getGuid();
        IbmClients viewer = IbmClients.of(emulator, "viewer-key");

        assertThat(viewer.resourceController
                .getResourceInstance(new GetResourceInstanceOptions.Builder(guid).build()).execute().getResult()
                .getName()).isEqualTo("seen");
        assertThatThrownBy(() -> viewer.createInstance("mine")).isInstanceOf(ForbiddenException.class);
    }

    @Test
    void another_account_is_another_world() {
        emulator.cloud().addApiKey("other-key", "other", "fedcba9876543210fedcba9876543210", Role.ordinary());
        String guid = ibm.createInstance("ours").getGuid();
        IbmClients other = IbmClients.of(emulator, "other-key");

        assertThatThrownBy(() -> other.resourceController
                .getResourceInstance(new GetResourceInstanceOptions.Builder(guid).build()).execute())
                .isInstanceOf(NotFoundException.class);
        assertThat(other.resourceController.listResourceInstances().execute().getResult().getResources()).isEmpty();
    }

    @Test
    void the_default_resource_group_is_found_by_name() {
        Raw raw = Raw.with(emulator, EmulatorSettings.USUAL_API_KEY);
        JsonNode found = Raw.json(raw.get("/v2/resource_groups?account_id=" + Bodies.ACCOUNT + "&name=Default"));

        assertThat(found.path("resources")).hasSize(1);
        String id = found.path("resources").path(0).path("id").asText();
        assertThat(Raw.json(raw.get("/v2/resource_groups/" + id)).path("default").asBoolean()).isTrue();
        assertThat(Raw.json(raw.get("/v2/resource_groups?name=Other")).path("resources")).isEmpty();
    }
}
