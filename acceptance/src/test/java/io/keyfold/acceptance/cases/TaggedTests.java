package io.keyfold.acceptance.cases;

import com.sun.source.tree.AnnotationTree;
import com.sun.source.tree.AssignmentTree;
import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.ExpressionTree;
import com.sun.source.tree.LiteralTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreeScanner;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Stream;
import javax.tools.ToolProvider;
import org.jspecify.annotations.Nullable;

/// The tests of every module that bear a tag of a given beginning, read from their sources: no module of the build
/// has all of them on its class path.
final class TaggedTests {
    /// @param root the checkout
    /// @param prefix how the tag begins, for instance `case-`
    /// @return in the order of class and place in the file
    static List<TaggedTest> of(Path root, String prefix) throws IOException {
        var found = new ArrayList<TaggedTest>();
        for (var parsed : parsed(sources(root, prefix))) {
            var source = root.relativize(Path.of(parsed.getSourceFile().toUri()));
            parsed.accept(new Finder(source, prefix, found), null);
        }
        found.sort(Comparator.comparing(TaggedTest::className));
        return found;
    }

    private static Iterable<? extends CompilationUnitTree> parsed(List<Path> sources)
            throws IOException {
        var compiler = ToolProvider.getSystemJavaCompiler();
        var files = compiler.getStandardFileManager(null, null, StandardCharsets.UTF_8);
        var task = compiler.getTask(null, files, null, null, null, files.getJavaFileObjectsFromPaths(sources));
        return ((JavacTask) task).parse();
    }

    private static List<Path> sources(Path root, String prefix) throws IOException {
        try (Stream<Path> modules = Files.list(root)) {
            var tests = modules.map(module -> module.resolve("src/test/java"))
                    .filter(Files::isDirectory)
                    .toList();
            var sources = new ArrayList<Path>();
            for (var folder : tests) {
                try (Stream<Path> files = Files.walk(folder)) {
                    files.filter(mentions("@Tag(\"" + prefix)).forEach(sources::add);
                }
            }
            return sources;
        }
    }

    private static Predicate<Path> mentions(String text) {
        return file -> {
            try {
                return file.toString().endsWith(".java") && Files.readString(file).contains(text);
            } catch (IOException failure) {
                throw new UncheckedIOException(failure);
            }
        };
    }

    /// Collects each tagged method; a tag on the class is one on each of its tests, and stands for the class.
    private static final class Finder extends TreeScanner<@Nullable Void, @Nullable String> {
        private final Path source;
        private final String prefix;
        private final List<TaggedTest> found;

        Finder(Path source, String prefix, List<TaggedTest> found) {
            this.source = source;
            this.prefix = prefix;
            this.found = found;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable String outer) {
            var name = type.getSimpleName().toString();
            collect(type.getModifiers(), name, "");
            return super.visitClass(type, name);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable String type) {
            collect(method.getModifiers(), String.valueOf(type), method.getName().toString());
            return null;
        }

        private void collect(ModifiersTree modifiers, String type, String method) {
            modifiers.getAnnotations().stream()
                    .filter(annotation -> annotation.getAnnotationType().toString().equals("Tag"))
                    .map(Finder::value)
                    .filter(tag -> tag.startsWith(prefix))
                    .forEach(tag -> found.add(new TaggedTest(tag.substring(prefix.length()), source, type, method)));
        }

        private static String value(AnnotationTree tag) {
            ExpressionTree value = tag.getArguments().getFirst();
            if (value instanceof AssignmentTree named) {
                value = named.getExpression();
            }
            return value instanceof LiteralTree literal ? String.valueOf(literal.getValue()) : "";
        }
    }

    /// @param tag what follows the prefix
    /// @param source the file, from the checkout's root
    /// @param method empty for a tag on the whole class
    record TaggedTest(String tag, Path source, String className, String method) {
        /// The test as it reads in a report.
        String words() {
            return method.replace('_', ' ');
        }
    }

    private TaggedTests() {}
}
