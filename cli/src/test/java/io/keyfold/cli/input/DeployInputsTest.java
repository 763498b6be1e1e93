package io.keyfold.cli.input;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
class DeployInputsTest {
    @TempDir
    private Path directory = Path.of("");

    @Test
    void a_request_file_is_taken_as_it_is() throws IOException {
        var file = file("request.json", "{\"cluster_prefix\": \"hpc-1\", \"key_management\": null}");

        var inputs = DeployInputs.read(file);

        assertThat(inputs.values()).containsEntry("cluster_prefix", "hpc-1").containsEntry("key_management", null);
        assertThat(inputs.passedOver()).isEmpty();
    }

    @Test
    void of_the_deployments_variables_only_those_of_the_encryption_are_taken() throws IOException {
        var file = file("terraform.tfvars.json", """
                {"cluster_prefix": "hpc-1", "zones": ["us-south-1"], "existing_resource_group": "research",
                 "ibmcloud_api_key": "secret", "ssh_keys": ["ops"]}
                """);

        var inputs = DeployInputs.read(file);

        assertThat(inputs.values())
                .isEqualTo(Map.of("cluster_prefix", "hpc-1", "zone", "us-south-1", "resource_group", "research"));
        assertThat(inputs.passedOver()).containsExactly("ibmcloud_api_key", "ssh_keys");
    }

    @Test
    void a_variable_file_in_Terraforms_own_language_is_read_alike() throws IOException {
        var file = file("hpc.tfvars", "cluster_prefix = \"hpc-1\"\nzones = [\"us-south-1\"]\nssh_keys = []\n");

        assertThat(DeployInputs.read(file))
                .isEqualTo(DeployInputs.read(
                        file("hpc.tfvars.json",
                                "{\"cluster_prefix\":\"hpc-1\",\"zones\":[\"us-south-1\"],\"ssh_keys\":[]}")));
    }

    @Test
    void what_is_set_on_the_command_line_wins() {
        var inputs = DeployInputs.none().with(Map.of("region", "eu-de")).with(Map.of("region", "null"));

        assertThat(inputs.values()).containsEntry("region", null);
    }

    @Test
    void a_missing_file_a_wrong_one_and_a_double_name_are_named() throws IOException {
        var list = file("list.json", "[1, 2]");
        var nothing = file("null.json", "null");
        var twice = file("twice.json", "{\"zone\": \"a\", \"zone\": \"b\"}");

        assertThatThrownBy(() -> DeployInputs.read("nowhere.json")).hasMessage("The file nowhere.json does not exist");
        assertThatThrownBy(() -> DeployInputs.read(list)).hasMessageContaining("not a JSON object");
        assertThatThrownBy(() -> DeployInputs.read(nothing)).hasMessageContaining("not a JSON object");
        assertThatThrownBy(() -> DeployInputs.read(twice)).hasMessageContaining("Duplicate field 'zone'");
    }

    private String file(String name, String text) throws IOException {
        return Files.writeString(directory.resolve(name), text).toString();
    }
}
