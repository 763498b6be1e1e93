package io.keyfold.workflow.stream;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.databind.BeanDescription;
import com.fasterxml.jackson.databind.JavaType;
import com.fasterxml.jackson.databind.JsonSerializer;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationConfig;
import com.fasterxml.jackson.databind.SerializerProvider;
import com.fasterxml.jackson.databind.ser.BeanPropertyWriter;
import com.fasterxml.jackson.databind.ser.BeanSerializerModifier;
import com.fasterxml.jackson.databind.ser.std.StdSerializer;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Which version a program must know to go on with a state: the first, as long as the state says nothing that the first
/// version would misunderstand (docs/decisions/0030).
///
/// What the first version knows lies in `state-version-1.txt`. Whatever is added later and is not empty makes a state one of
/// version 2, unless that file says that it may be lost: so nobody who adds something has to think of it.
final class StateVersion {
    static final byte FIRST = 1;
    static final byte PRESENT = 2;

    private static final String VOCABULARY = "state-version-1.txt";
    private static final String PASSED_OVER = "passed over ";
    private static final String OURS = "io.keyfold.workflow.";

    /// What one state that is being written has been seen to say.
    private static final class Seen {
        private boolean isLater;
        private int passedOver;

        static Seen by(SerializerProvider provider) {
            return (Seen) Objects.requireNonNull(provider.getAttribute(Seen.class),
                    "a state is written by StateVersion");
        }

        void later() {
            isLater |= passedOver == 0;
        }
    }

    private StateVersion() {}

    /// A state's version, then the state.
    static byte[] write(ObjectWriter writer, Object state) throws IOException {
        Seen seen = new Seen();
        byte[] cbor = writer.withAttribute(Seen.class, seen).writeValueAsBytes(state);
        byte[] bytes = new byte[1 + cbor.length];
        bytes[0] = seen.isLater ? PRESENT : FIRST;
        System.arraycopy(cbor, 0, bytes, 1, cbor.length);
        return bytes;
    }

    /// What a mapper needs for [#write].
    static BeanSerializerModifier watch() {
        return new Watch(Vocabulary.read());
    }

    /// What the first version knows.
    ///
    /// @param known      `saga.Run.number`, `saga.RunState.FAILED`, and the types themselves
    /// @param passedOver fields that it may lose
    record Vocabulary(Set<String> known, Set<String> passedOver) {
        static Vocabulary read() {
            Set<String> known = new HashSet<>();
            Set<String> passedOver = new HashSet<>();
            try (InputStream file =
                    Objects.requireNonNull(StateVersion.class.getResourceAsStream(VOCABULARY), VOCABULARY);
                    BufferedReader lines = new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))) {
                lines.lines().filter(line -> !line.isBlank() && !line.startsWith("#"))
                        .forEach(line -> add(line, known, passedOver));
            } catch (IOException e) {
                throw new UncheckedIOException(VOCABULARY + " cannot be read", e);
            }
            return new Vocabulary(Set.copyOf(known), Set.copyOf(passedOver));
        }

        private static void add(String line, Set<String> known, Set<String> passedOver) {
            boolean isPassedOver = line.startsWith(PASSED_OVER);
            String[] parts = (isPassedOver ? line.substring(PASSED_OVER.length()) : line).split(":", 2);
            Set<String> names = isPassedOver ? passedOver : known;
            if (!isPassedOver) {
                names.add(parts[0]);
            }
            for (String name : parts[1].strip().split(" ", -1)) {
                names.add(parts[0] + "." + name);
            }
        }

        static String nameOf(Class<?> type) {
            return type.getName().substring(OURS.length()).replace('$', '.');
        }
    }

    private static final class Watch extends BeanSerializerModifier {
        private static final long serialVersionUID = 1L;

        private final transient Vocabulary vocabulary;

        Watch(Vocabulary vocabulary) {
            this.vocabulary = vocabulary;
        }

        @Override
        public List<BeanPropertyWriter> changeProperties(
                SerializationConfig config, BeanDescription description, List<BeanPropertyWriter> properties) {
            Class<?> type = description.getBeanClass();
            return isOurs(type) ? properties.stream().map(property -> watched(type, property)).toList() : properties;
        }

        private BeanPropertyWriter watched(Class<?> type, BeanPropertyWriter property) {
            String typeName = Vocabulary.nameOf(type);
            String name = typeName + "." + property.getName();
            if (vocabulary.known().contains(name)) {
                return property;
            }
            return new Added(property, vocabulary.passedOver().contains(name), !vocabulary.known().contains(typeName));
        }

        @Override
        public JsonSerializer<?> modifyEnumSerializer(
                SerializationConfig config, JavaType type, BeanDescription description, JsonSerializer<?> serializer) {
            return isOurs(type.getRawClass()) ? new Constants(type.getRawClass(), vocabulary) : serializer;
        }

        private static boolean isOurs(Class<?> type) {
            return type.getName().startsWith(OURS);
        }
    }

    /// A field that the first version does not know; of a type that it does not know, if `always`.
    private static final class Added extends BeanPropertyWriter {
        private static final long serialVersionUID = 1L;

        private final boolean mayBeLost;
        private final boolean always;

        Added(BeanPropertyWriter property, boolean mayBeLost, boolean always) {
            super(property);
            this.mayBeLost = mayBeLost;
            this.always = always;
        }

        @Override
        public void serializeAsField(Object bean, JsonGenerator generator, SerializerProvider provider)
                throws Exception {
            Seen seen = Seen.by(provider);
            if (mayBeLost) {
                if (get(bean) instanceof String text && text.isEmpty()) {
                    return; // it is read as empty where it is not written
                }
                seen.passedOver++;
                super.serializeAsField(bean, generator, provider);
                seen.passedOver--;
                return;
            }
            if (always || !isEmpty(get(bean))) {
                seen.later();
            }
            super.serializeAsField(bean, generator, provider);
        }

        /// Whether a state without this field is read the same.
        private static boolean isEmpty(@Nullable Object value) {
            return switch (value) {
                case null -> true;
                case Optional<?> optional -> optional.isEmpty();
                case Collection<?> collection -> collection.isEmpty();
                case Map<?, ?> map -> map.isEmpty();
                case String text -> text.isEmpty();
                case Boolean flag -> !flag;
                case Number number -> number.longValue() == 0;
                default -> false;
            };
        }
    }

    private static final class Constants extends StdSerializer<Enum<?>> {
        private static final long serialVersionUID = 1L;

        private final transient Set<String> known;

        Constants(Class<?> type, Vocabulary vocabulary) {
            super(type, false);
            this.known = vocabulary.known();
        }

        @Override
        public void serialize(Enum<?> value, JsonGenerator generator, SerializerProvider provider) throws IOException {
            if (!known.contains(Vocabulary.nameOf(value.getDeclaringClass()) + "." + value.name())) {
                Seen.by(provider).later();
            }
            generator.writeString(value.name());
        }
    }
}
