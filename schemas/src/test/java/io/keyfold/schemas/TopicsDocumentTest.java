package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class TopicsDocumentTest {
    private static final Path DOCUMENT = Path.of("..", "docs", "topics.md");

    /// To write it anew: `mvn -pl schemas -am test -Dregenerate`.
    @Test
    void the_document_says_what_the_catalogue_and_the_schemas_say() throws IOException {
        String wanted = TopicsDocument.text();
        if (Boolean.getBoolean("regenerate")) {
            Files.createDirectories(DOCUMENT.getParent());
            Files.writeString(DOCUMENT, wanted);
        }

        assertThat(DOCUMENT).hasContent(wanted);
    }
}
