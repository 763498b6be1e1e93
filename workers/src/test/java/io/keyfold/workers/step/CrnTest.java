package io.keyfold.workers.step;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class CrnTest {
    @Test
    void its_parts_have_names() {
        var crn = new Crn("crn:v1:bluemix:public:kms:us-south:a/acc:guid-1:key:key-1");
        assertThat(crn.service()).isEqualTo("kms");
        assertThat(crn.region()).isEqualTo("us-south");
        assertThat(crn.account()).isEqualTo("acc");
        assertThat(crn.instance()).isEqualTo("guid-1");
        assertThat(crn.resourceType()).isEqualTo("key");
        assertThat(crn.resource()).isEqualTo("key-1");
        assertThat(InstanceAddress.of(crn)).isEqualTo(new InstanceAddress("us-south", "guid-1"));
    }

    @Test
    void an_instances_own_has_no_resource() {
        var crn = new Crn("crn:v1:bluemix:public:kms:us-south:a/acc:guid-1::");
        assertThat(crn.resourceType()).isEmpty();
        assertThat(crn.resource()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {
        "", "crn", "crn:v1:bluemix:public:kms:evil.example/:a/acc:guid::",
        "crn:v1:bluemix:public:kms:us-south:a/acc:guid",
        "crn:v1:bluemix:public:kms:us-south:a/acc:gu id::", "crn:v1:bluemix:public:kms:us-south:a/acc:guid::\n"})
    void what_is_none_is_refused(String text) {
        assertThatThrownBy(() -> new Crn(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "us", "us-south.evil.example", "us-south/", "us-south@evil", "US-SOUTH", "us-south:80",
        "us-south#"})
    @Tag("case-17")
    @Tag("case-118")
    void a_region_that_is_none_never_gets_into_a_host_name(String region) {
        assertThatThrownBy(() -> new InstanceAddress(region, "guid")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a\nb", "a/b", "ä"})
    @Tag("case-17")
    void a_guid_that_is_none_never_gets_into_a_header(String guid) {
        assertThatThrownBy(() -> new InstanceAddress("us-south", guid)).isInstanceOf(IllegalArgumentException.class);
    }
}
