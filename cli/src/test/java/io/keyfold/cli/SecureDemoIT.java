package io.keyfold.cli;

import static org.assertj.core.api.Assertions.assertThat;

import io.keyfold.cli.process.ChildProcess;
import io.keyfold.cli.process.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/// `keyfold demo --secure`. What each service may do is shown in every build, by EachServiceMayDoOnlyWhatItMustIT.
@DisplayNameGeneration(DisplayNameGenerator.ReplaceUnderscores.class)
@EnabledIfSystemProperty(named = "keyfold.thorough", matches = "true", disabledReason = "mvn verify -Pthorough")
class SecureDemoIT {
    @Test
    @Tag("case-113")
    void each_example_ends_as_it_must_with_a_user_for_each_service(@TempDir Path directory)
            throws IOException, InterruptedException {
        var log = directory.resolve("demo.log");
        try (var demo = ChildProcess.start(
                "demo", Installation.locate().keyfold(Installation.QUICK_START, List.of("demo", "--secure")), Map.of(),
                log)) {
            assertThat(demo.awaitEnd()).as(Files.readString(log)).isEqualTo(ExitCode.OK);
        }
        assertThat(Files.readString(log)).contains("All six ended as they must", "rights granted to 8 users")
                .doesNotContain("Denied");
    }
}
