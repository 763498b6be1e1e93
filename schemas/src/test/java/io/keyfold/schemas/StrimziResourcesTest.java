package io.keyfold.schemas;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class StrimziResourcesTest {
    private static final String COMPONENT = "deployment/kubernetes/components/strimzi/";

    @Test
    void every_topic_is_a_resource_of_strimzis() throws IOException {
        WrittenDocument.holds(COMPONENT + "topics.yaml", StrimziResources.topics());
    }

    @Test
    void every_party_is_a_user_with_its_rights_and_no_other() throws IOException {
        WrittenDocument.holds(COMPONENT + "users.yaml", StrimziResources.users());
    }
}
