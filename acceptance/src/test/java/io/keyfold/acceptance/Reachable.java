package io.keyfold.acceptance;

import java.lang.ref.Reference;
import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.ConcurrentModificationException;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/// The objects that hang together with some others on the heap, found as a debugger finds them: by their fields. Of Java's
/// own only collections and the like are looked into.
final class Reachable {
    private static final int MOST = 3_000_000;

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Object> ahead = new ArrayDeque<>();
    private final List<Object> ours = new ArrayList<>();

    private Reachable() {}

    /// @return those of classes of Keyfold's own
    static List<Object> oursFrom(Collection<?> roots) {
        var search = new Reachable();
        roots.forEach(search::meet);
        while (!search.ahead.isEmpty()) {
            search.look(search.ahead.pop());
            if (search.seen.size() > MOST) {
                throw new IllegalStateException("more than " + MOST + " objects: nobody can look at all of that");
            }
        }
        return search.ours;
    }

    private void meet(@Nullable Object object) {
        if (object != null && isOfInterest(object) && seen.add(object)) {
            ahead.push(object);
            if (object.getClass().getName().startsWith("io.keyfold.")) {
                ours.add(object);
            }
        }
    }

    private static boolean isOfInterest(Object object) {
        return !(object instanceof Class<?> || object instanceof ClassLoader || object instanceof Thread
                || object instanceof Reference<?> || object instanceof CharSequence || object instanceof Number);
    }

    private void look(Object object) {
        Class<?> type = object.getClass();
        if (type.isArray()) {
            if (!type.getComponentType().isPrimitive()) {
                for (int index = 0; index < Array.getLength(object); index++) {
                    meet(Array.get(object, index));
                }
            }
        } else if (type.getName().startsWith("java.")) {
            lookInto(object);
        } else {
            fields(object, type);
        }
    }

    private void lookInto(Object object) {
        switch (object) {
            case Map<?, ?> map -> {
                each(map.keySet());
                each(map.values());
            }
            case Collection<?> collection -> each(collection);
            case Optional<?> optional -> optional.ifPresent(this::meet);
            case AtomicReference<?> reference -> meet(reference.get());
            default -> {
            }
        }
    }

    /// What changes meanwhile is looked at as far as it lets us.
    private void each(Collection<?> collection) {
        try {
            for (Object element : collection) {
                meet(element);
            }
        } catch (ConcurrentModificationException changed) {
            each(List.of());
        }
    }

    private void fields(Object object, Class<?> type) {
        for (Class<?> at = type; at != null && !at.getName().startsWith("java."); at = at.getSuperclass()) {
            for (Field field : at.getDeclaredFields()) {
                if (!field.getType().isPrimitive() && !Modifier.isStatic(field.getModifiers())
                        && field.trySetAccessible()) {
                    try {
                        meet(field.get(object));
                    } catch (IllegalAccessException e) {
                        throw new IllegalStateException(e);
                    }
                }
            }
        }
    }
}
