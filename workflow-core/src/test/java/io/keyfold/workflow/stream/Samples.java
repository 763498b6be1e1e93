package io.keyfold.workflow.stream;

import io.keyfold.workflow.request.ClusterId;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/// Values of any of the domain's types with everything in them: every kind of state, every constant, nothing empty.
final class Samples {
    private Samples() {}

    /// As many as it takes to have every alternative once.
    static <T> List<T> of(Class<T> type) {
        return variants(type).stream().map(type::cast).toList();
    }

    private static List<?> variants(Type type) {
        if (type instanceof ParameterizedType generic) {
            return variants((Class<?>) generic.getRawType(), generic.getActualTypeArguments());
        }
        Class<?> plain = (Class<?>) type;
        if (plain.isSealed()) {
            return Arrays.stream(plain.getPermittedSubclasses()).flatMap(one -> variants(one).stream()).toList();
        }
        if (plain.isEnum()) {
            return List.of(plain.getEnumConstants());
        }
        if (plain == ClusterId.class) {
            return List.of(new ClusterId("default", "hpc-1"));
        }
        return plain.isRecord() ? records(plain) : List.of(simple(plain));
    }

    private static List<?> variants(Class<?> type, Type[] arguments) {
        if (type == Optional.class) {
            return variants(arguments[0]).stream().map(Optional::of).toList();
        }
        if (type == List.class) {
            return List.of(variants(arguments[0]));
        }
        if (type == Map.class || type == SortedMap.class) {
            SortedMap<Object, Object> map = new TreeMap<>();
            variants(arguments[0]).forEach(key -> map.put(key, variants(arguments[1]).getFirst()));
            return List.of(map);
        }
        throw new IllegalArgumentException("No sample of " + type);
    }

    private static List<?> records(Class<?> type) {
        RecordComponent[] components = type.getRecordComponents();
        List<? extends List<?>> choices =
                Arrays.stream(components).map(component -> variants(component.getGenericType())).toList();
        int count = choices.stream().mapToInt(List::size).max().orElse(1);
        List<Object> records = new ArrayList<>();
        for (int variant = 0; variant < count; variant++) {
            int chosen = variant;
            Object[] values = choices.stream().map(choice -> choice.get(chosen % choice.size())).toArray();
            records.add(construct(type, components, values));
        }
        return records;
    }

    private static Object construct(Class<?> type, RecordComponent[] components, Object[] values) {
        try {
            var constructor = type.getDeclaredConstructor(
                    Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new));
            constructor.setAccessible(true);
            return constructor.newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException("No sample of " + type, e);
        }
    }

    private static Object simple(Class<?> type) {
        if (type == String.class) {
            return "text";
        } else if (type == Instant.class) {
            return Records.START;
        } else if (type == UUID.class) {
            return new UUID(1, 2);
        } else if (type == int.class || type == Integer.class) {
            return 3;
        } else if (type == long.class || type == Long.class) {
            return 4L;
        } else if (type == boolean.class) {
            return true;
        }
        throw new IllegalArgumentException("No sample of " + type);
    }
}
