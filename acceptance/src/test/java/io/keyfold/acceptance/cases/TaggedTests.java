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
import java.util.Optional;
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

    /// The class around a test.
    ///
    /// @param only with what option alone its tests run; empty if always
    private record Around(String name, String only) {}

    /// Collects each tagged method; a tag on the class is one on each of its tests, and stands for the class.
    private static final class Finder extends TreeScanner<@Nullable Void, @Nullable Around> {
        private final Path source;
        private final String prefix;
        private final List<TaggedTest> found;

        Finder(Path source, String prefix, List<TaggedTest> found) {
            this.source = source;
            this.prefix = prefix;
            this.found = found;
        }

        @Override
        public @Nullable Void visitClass(ClassTree type, @Nullable Around outer) {
            var around = new Around(
                    type.getSimpleName().toString(),
                    only(type.getModifiers()).orElse(outer == null ? "" : outer.only()));
            collect(type.getModifiers(), around, "");
            return super.visitClass(type, around);
        }

        @Override
        public @Nullable Void visitMethod(MethodTree method, @Nullable Around type) {
            var around = type == null ? new Around("", "") : type;
            collect(
                    method.getModifiers(),
                    new Around(around.name(), only(method.getModifiers()).orElse(around.only())),
                    method.getName().toString());
            return null;
        }

        private void collect(ModifiersTree modifiers, Around type, String method) {
            annotations(modifiers, "Tag")
                    .map(tag -> argument(tag, "value"))
                    .filter(tag -> tag.startsWith(prefix))
                    .forEach(
                            tag -> found.add(
                                    new TaggedTest(
                                            tag.substring(prefix.length()), source, type.name(), method,
                                            type.only())));
        }

        /// `-Pthorough` for what is enabled if `keyfold.thorough` is set: our profiles are called so.
        private static Optional<String> only(ModifiersTree modifiers) {
            return annotations(modifiers, "EnabledIfSystemProperty")
                    .map(condition -> argument(condition, "named"))
                    .filter(property -> property.startsWith("keyfold."))
                    .map(property -> "-P" + property.substring("keyfold.".length()))
                    .findFirst();
        }

        private static Stream<? extends AnnotationTree> annotations(ModifiersTree modifiers, String name) {
            return modifiers.getAnnotations().stream()
                    .filter(annotation -> annotation.getAnnotationType().toString().equals(name));
        }

        /// A text that an annotation is given; an argument without a name is its `value`.
        private static String argument(AnnotationTree annotation, String name) {
            return annotation.getArguments().stream()
                    .<ExpressionTree>flatMap(argument -> argument instanceof AssignmentTree named
                            ? Stream.of(named).filter(it -> it.getVariable().toString().equals(name))
                                    .map(AssignmentTree::getExpression)
                            : Stream.of(argument).filter(_ -> name.equals("value")))
                    .filter(LiteralTree.class::isInstance)
                    .map(value -> String.valueOf(((LiteralTree) value).getValue()))
                    .findFirst().orElse("");
        }
    }

    /// @param tag what follows the prefix
    /// @param source the file, from the checkout's root
    /// @param method empty for a tag on the whole class
    /// @param only with what option alone it runs; empty if always
    record TaggedTest(String tag, Path source, String className, String method, String only) {
        /// The test as it reads in a report.
        String words() {
            return method.replace('_', ' ');
        }
    }

    private TaggedTests() {}
}
