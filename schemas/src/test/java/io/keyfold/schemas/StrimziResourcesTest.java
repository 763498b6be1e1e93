package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class StrimziResourcesTest {
    private static final Path COMPONENT = Path.of("..", "deployment", "kubernetes", "components", "strimzi");

    @Test
    void every_topic_is_a_resource_of_strimzis() throws IOException {
        isAsTheCatalogueSays("topics.yaml", StrimziResources.topics());
    }

    @Test
    void every_party_is_a_user_with_its_rights_and_no_other() throws IOException {
        isAsTheCatalogueSays("users.yaml", StrimziResources.users());
    }

    private static void isAsTheCatalogueSays(String file, String wanted) throws IOException {
        if ("write".equals(System.getProperty("keyfold.docs"))) {
            Files.writeString(COMPONENT.resolve(file), wanted);
        }

        assertThat(COMPONENT.resolve(file)).as("stale: run with -Dkeyfold.docs=write").hasContent(wanted);
    }
}
