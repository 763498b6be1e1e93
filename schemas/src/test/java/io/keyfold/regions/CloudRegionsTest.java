package io.keyfold.regions;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;

@DisplayNameGeneration(ReplaceUnderscores.class)
class CloudRegionsTest {
    private static final CloudRegions IBM = CloudRegions.ofIbm();

    @Test
    void every_region_has_three_zones_and_a_Key_Protect_on_both_networks() {
        assertThat(IBM.all()).hasSize(13).contains("us-south", "eu-de", "jp-osa").isSorted();
        assertThat(IBM.all()).allSatisfy(region -> {
            assertThat(IBM.zonesOf(region)).containsExactly(region + "-1", region + "-2", region + "-3");
            assertThat(IBM.zonesOf(region)).allSatisfy(zone -> assertThat(IBM.ofZone(zone)).contains(region));
            assertThat(IBM.keyProtectHost(region, Network.PUBLIC)).contains(region + ".kms.cloud.ibm.com");
            assertThat(IBM.keyProtectHost(region, Network.PRIVATE))
                    .contains("private." + region + ".kms.cloud.ibm.com");
        });
    }

    @Test
    void what_is_no_region_has_neither_zones_nor_hosts() {
        assertThat(IBM.isRegion("us-north")).isFalse();
        assertThat(IBM.zonesOf("us-north")).isEmpty();
        assertThat(IBM.ofZone("us-south-4")).isEmpty();
        assertThat(IBM.keyProtectHost("us-north", Network.PUBLIC)).isEmpty();
    }

    @Test
    void the_global_apis_have_one_host_a_network() {
        assertThat(IBM.iamHost(Network.PUBLIC)).isEqualTo("iam.cloud.ibm.com");
        assertThat(IBM.iamHost(Network.PRIVATE)).isEqualTo("private.iam.cloud.ibm.com");
        assertThat(IBM.resourceControllerHost(Network.PUBLIC)).isEqualTo("resource-controller.cloud.ibm.com");
        assertThat(IBM.resourceControllerHost(Network.PRIVATE)).isEqualTo("private.resource-controller.cloud.ibm.com");
    }

    @Test
    void a_host_that_is_not_offered_is_none() {
        var facts = new CloudRegions(List.of("# new", "", "region xx-new 2 xx-new.kms.example -"));

        assertThat(facts.keyProtectHost("xx-new", Network.PUBLIC)).contains("xx-new.kms.example");
        assertThat(facts.keyProtectHost("xx-new", Network.PRIVATE)).isEmpty();
        assertThat(facts.zonesOf("xx-new")).containsExactly("xx-new-1", "xx-new-2");
    }

    @Test
    void a_line_that_says_nothing_known_is_refused() {
        assertThatThrownBy(() -> new CloudRegions(List.of("region us-south us-south.kms.cloud.ibm.com")))
                .hasMessage("Neither an api nor a region: region us-south us-south.kms.cloud.ibm.com");
    }
}
