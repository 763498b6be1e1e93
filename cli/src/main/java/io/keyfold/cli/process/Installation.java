package io.keyfold.cli.process;

import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// Where the build put what is started: the directory that holds `keyfold`, `cli/`, `broker/` and `registry/`.
///
/// @param caches from which the services start sooner
public record Installation(Path home, AotCaches caches) {
    private static final String HOME_PROPERTY = "keyfold.home";

    /// Heap and compiler flags that suit a short demo on a small machine. What runs out of memory rather ends than goes on half
    /// alive.
    public static final List<String> QUICK_START =
            List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError");

    /// The launcher says where; without it the place of our own classes does (`<home>/cli/target/…`).
    public static Installation locate() {
        return new Installation(place(), AotCaches.in(AotCaches.usualDirectory()));
    }

    private static Path place() {
        var told = System.getProperty(HOME_PROPERTY);
        if (told != null) {
            return Path.of(told).toAbsolutePath().normalize();
        }
        try {
            var classes = Path.of(Installation.class.getProtectionDomain().getCodeSource().getLocation().toURI());
            var target = classes.toAbsolutePath().getParent();
            var cli = target == null ? null : target.getParent();
            var home = cli == null ? null : cli.getParent();
            return home == null ? Path.of("").toAbsolutePath() : home;
        } catch (URISyntaxException e) {
            throw new IllegalStateException("The place of Keyfold's own classes is no path", e);
        }
    }

    /// The same, with other caches.
    public Installation with(AotCaches others) {
        return new Installation(home, others);
    }

    /// The directory of Apache Kafka's jars.
    public Path brokerLibraries() {
        return present(home.resolve("broker/target/lib"), "Apache Kafka's jars");
    }

    /// The directory of Apicurio Registry's application.
    public Path registryApplication() {
        return present(home.resolve("registry/target/app"), "the registry's application");
    }

    /// The jar of [Guarded] alone.
    Path guardJar() {
        return present(home.resolve("cli/target/keyfold-guard.jar"), "the guard of child processes");
    }

    /// The command that runs `keyfold <arguments>` as a child that ends with its parent.
    public List<String> keyfold(List<String> jvmFlags, List<String> arguments) {
        var command = new ArrayList<String>();
        command.add(java());
        command.addAll(jvmFlags);
        command.addAll(caches.flags(arguments.getFirst()));
        command.add("--enable-native-access=ALL-UNNAMED");
        // Kafka still unmaps its files through Unsafe; the JDK would warn of it in every log.
        command.add("--sun-misc-unsafe-memory-access=allow");
        command.add("-D" + HOME_PROPERTY + "=" + home);
        command.add("-D" + ParentWatch.PROPERTY + "=true");
        command.add("-cp");
        command.add(System.getProperty("java.class.path"));
        command.add("io.keyfold.cli.Main");
        command.addAll(arguments);
        return List.copyOf(command);
    }

    /// The java command that this process itself runs on.
    static String java() {
        return Path.of(System.getProperty("java.home"), "bin", "java").toString();
    }

    private Path present(Path path, String what) {
        if (!Files.exists(path)) {
            throw new ProcessFailure(
                    what + " are not at " + path,
                    "Build them first: mvn -q -Dquick -DskipTests package (the ./keyfold launcher does it by itself)");
        }
        return path;
    }
}
