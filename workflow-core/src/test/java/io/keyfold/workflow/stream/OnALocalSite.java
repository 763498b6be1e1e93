package io.keyfold.workflow.stream;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/// A broker and a registry for the class, and in them an installation for each of its tests.
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class OnALocalSite {
    // Set before each test.
    LocalSite site;
    String installation = "";
    private int tests;

    @SuppressWarnings("NullAway.Init")
    OnALocalSite() {}

    @BeforeAll
    void start(@TempDir Path stateDirectory) throws Exception {
        site = new LocalSite(stateDirectory);
    }

    @AfterAll
    void stop() {
        site.close();
    }

    @BeforeEach
    void useAnInstallationOfItsOwn() {
        installation = "it" + ++tests;
        site.install(installation);
    }

    @AfterEach
    void removeEverything() throws Exception {
        site.removeEverything();
    }
}
