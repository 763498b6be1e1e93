package io.keyfold.schemas;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.avro.Schema;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

@DisplayNameGeneration(ReplaceUnderscores.class)
class AsyncApiDocumentTest {
    @Test
    void the_document_says_what_the_catalogue_and_the_schemas_say() throws IOException {
        WrittenDocument.holds("docs/asyncapi.yaml", AsyncApiDocument.text());
    }

    @Test
    void whoever_reads_it_finds_the_very_schemas() {
        JsonNode messages = parsed().at("/components/messages");

        for (Topic<?> topic : Topics.ALL) {
            JsonNode payload = messages.path(topic.schema().getName()).at("/payload/schema");
            assertThat(new Schema.Parser().parse(payload.toString())).as(topic.name()).isEqualTo(topic.schema());
        }
        assertThat(messages).hasSameSizeAs(Topics.ALL);
    }

    @Test
    void every_reference_leads_somewhere() {
        JsonNode document = parsed();
        List<String> references = new ArrayList<>();
        document.findValues("$ref").forEach(reference -> references.add(reference.asText()));

        assertThat(references).hasSizeGreaterThan(Topics.ALL.size())
                .allSatisfy(path -> assertThat(document.at(path.substring(1)).isObject()).as(path).isTrue());
    }

    @Test
    void every_party_but_the_installer_does_what_its_rights_let_it() {
        JsonNode operations = parsed().path("operations");

        for (Party party : Party.values()) {
            long rights = Topics.ALL.stream().mapToLong(
                    topic -> (topic.writers().contains(party) ? 1 : 0) + (topic.readers().contains(party) ? 1 : 0))
                    .sum();
            List<String> names = new ArrayList<>();
            operations.fieldNames().forEachRemaining(names::add);
            assertThat(names).filteredOn(name -> name.startsWith(party.id() + ".")).hasSize(Math.toIntExact(rights));
        }
    }

    private static JsonNode parsed() {
        LoaderOptions options = new LoaderOptions();
        options.setAllowDuplicateKeys(false);
        Object document = new Yaml(new SafeConstructor(options)).load(AsyncApiDocument.text());
        return new ObjectMapper().valueToTree(document);
    }
}
