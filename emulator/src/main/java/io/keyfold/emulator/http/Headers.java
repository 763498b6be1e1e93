package io.keyfold.emulator.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/// Header fields in the order in which they came; names compare without regard to case.
public final class Headers {

    private record Field(String name, String value) {}

    private final List<Field> fields = new ArrayList<>();

    public static Headers none() {
        return new Headers();
    }

    public Headers add(String name, String value) {
        if (value.indexOf('\r') >= 0 || value.indexOf('\n') >= 0) {
            throw new IllegalArgumentException("a header value may not contain a line break: " + name);
        }
        fields.add(new Field(name, value));
        return this;
    }

    public Headers set(String name, String value) {
        remove(name);
        return add(name, value);
    }

    public Headers remove(String name) {
        fields.removeIf(field -> field.name.equalsIgnoreCase(name));
        return this;
    }

    /// The first value of the field.
    public Optional<String> first(String name) {
        return fields.stream().filter(field -> field.name.equalsIgnoreCase(name)).map(Field::value).findFirst();
    }

    public List<String> all(String name) {
        return fields.stream().filter(field -> field.name.equalsIgnoreCase(name)).map(Field::value).toList();
    }

    boolean contains(String name, String value) {
        return all(name).stream().anyMatch(given -> given.toLowerCase(Locale.ROOT).contains(value));
    }

    Headers copy() {
        var copy = new Headers();
        copy.fields.addAll(fields);
        return copy;
    }

    void writeTo(StringBuilder head) {
        for (Field field : fields) {
            head.append(field.name).append(": ").append(field.value).append("\r\n");
        }
    }
}
