package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.keyfold.contract.ClusterEncryptionStatus;
import io.keyfold.contract.Ownership;
import io.keyfold.contract.ResourceKind;
import io.keyfold.contract.RunState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;

/// Writes `src/test/resources/first-version` anew: what the first version leaves behind when it ends with clusters in every
/// kind of moment. By hand only: `mvn -pl acceptance -am verify -Dit.test=RecordTheFirstVersion -Dkeyfold.record=true`.
@EnabledIfSystemProperty(named = "keyfold.record", matches = "true", disabledReason = "writes a test resource, by hand")
class RecordTheFirstVersion {
    /// A run that is going in the recording must not be past its deadline when it is gone on with.
    private static final Map<String, String> TEN_YEARS = Map.of("KEYFOLD_RUN_TIME_MS", "315360000000");

    private static final List<String> FEW_LOGS =
            List.of("offsets.topic.num.partitions", "transaction.state.log.num.partitions");

    @Test
    void record() throws IOException {
        Program first = Program.first();
        Path sites = Files.createDirectories(Program.present().home().resolve("acceptance/target/sites"));
        Path site = Files.createTempDirectory(sites, "recording");
        var properties = new HashMap<String, String>();
        FEW_LOGS.forEach(name -> properties.put(name, "1"));
        try (Fleet fleet = new Fleet(site, properties)) {
            fleet.run(first, "topics", "create", "--partitions", "2", "--replication-factor", "1").expect(0);
            try (var records = new Records(fleet.bootstrapServers(), fleet.registryUrl());
                    var orchestrator = new FirstOrchestrator(fleet.bootstrapServers(), fleet.registryUrl())) {
                new Story(fleet, first, records, orchestrator).tell();
            }
            JsonNode cloud = fleet.cloud().state();
            fleet.stopBroker();
            Recording.of(site.resolve("broker/data"), fleet.registryUrl(), cloud)
                    .write(Program.present().home().resolve("acceptance/src/test/resources"));
        }
    }

    /// What happens in the recording, in order.
    private record Story(Fleet fleet, Program first, Records records, FirstOrchestrator orchestrator) {
        void tell() {
            String company = fleet.cloud().seedInstance("company-kms");
            Part workflow = fleet.start(first, Fleet.WORKFLOW, TEN_YEARS);
            fleet.start(first, "kms-instance").awaitReady();
            Part rootKey = fleet.start(first, "root-key").awaitReady();
            Part authorization = fleet.start(first, "authorization").awaitReady();
            workflow.awaitReady();

            ends("done", Map.of(), RunState.COMPLETED);
            ends("provider", Map.of("key_management", "null"), RunState.COMPLETED);
            ends("rejected", Map.of("kms_key_name", "of-no-instance"), RunState.REJECTED);

            authorization.close();
            keyInUse(fleet.start(first, "authorization"));
            rootKey.close();
            retained(company);
            Part again = fleet.start(first, "root-key").awaitReady();
            await("default/user", status -> status.getLastRun().getState() == RunState.COMPLETED);
            await("default/keeper", status -> status.getLastRun().getState() == RunState.CANCELLED);
            assertThat(records.latest().get("default/keeper").getResources()).hasSize(3)
                    .allMatch(resource -> resource.getOwnership() == Ownership.RETAINED);
            again.close();

            orchestrator.deploy("midway", Map.of());
            awaitAuthorizations("default/midway");
            workflow.close();
            orchestrator.deploy("unread", Map.of());
        }

        private void ends(String prefix, Map<String, ?> otherwise, RunState end) {
            await(orchestrator.deploy(prefix, otherwise), status -> status.getLastRun().getState() == end);
        }

        /// The authorization worker has been stopped, so that the run is still going when its key comes into use.
        private void keyInUse(Part authorization) {
            String cluster = orchestrator.deploy("used", Map.of());
            await(cluster, status -> status.getResources().size() == 2);
            var key = records.latest().get(cluster).getResources().getLast();
            String instance = records.latest().get(cluster).getResources().getFirst().getId();
            fleet.cloud().register(instance, key.getId(), "crn:v1:bluemix:public:is:us-south:a/1::volume:r006-1");
            orchestrator.control(cluster, "CANCEL", "r-used");
            authorization.awaitReady();
            await(cluster, status -> status.getLastRun().getState() == RunState.KEY_IN_USE);
        }

        /// The root-key worker has been stopped, so that the keeper is still going when another holds what it has made.
        private void retained(String company) {
            Map<String, String> there = Map.of("kms_instance_name", "company-kms");
            awaitAuthorizations(orchestrator.deploy("keeper", there));
            awaitAuthorizations(orchestrator.deploy("user", there));
            assertThat(fleet.cloud().policiesOn(company)).hasSize(3);
            orchestrator.control("default/keeper", "CANCEL", "r-keeper");
            await("default/keeper", status -> status.getLastRun().getState() == RunState.COMPENSATING);
        }

        private void awaitAuthorizations(String cluster) {
            await(
                    cluster,
                    status -> status.getResources().stream().filter(
                            resource -> resource.getKind() == ResourceKind.AUTHORIZATION_POLICY)
                            .count() == 3);
        }

        private void await(String cluster, Predicate<ClusterEncryptionStatus> wanted) {
            Awaitility.await(cluster).atMost(Site.SOON).until(
                    () -> records.latest().get(cluster), status -> status != null && wanted.test(status));
        }
    }
}
