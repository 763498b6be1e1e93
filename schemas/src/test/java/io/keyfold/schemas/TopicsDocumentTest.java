package io.keyfold.schemas;

import java.io.IOException;
import org.junit.jupiter.api.Test;

class TopicsDocumentTest {
    @Test
    void the_document_says_what_the_catalogue_and_the_schemas_say() throws IOException {
        WrittenDocument.holds("docs/topics.md", TopicsDocument.text());
    }
}
