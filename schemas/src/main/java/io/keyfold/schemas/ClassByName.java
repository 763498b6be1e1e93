package io.keyfold.schemas;

import org.apache.kafka.common.config.ConfigException;

/// Makes what a setting names.
final class ClassByName {
    private ClassByName() {
    }

    @SuppressWarnings("unchecked") // the cast is to the caller's own type; a class of another kind fails right here
    static <T> T create(String className, String setting) {
        try {
            return (T) load(className).getDeclaredConstructor().newInstance();
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            ConfigException refused = new ConfigException(
                    setting,
                    className,
                    "The class is not on the class path, or cannot be made. Confluent's are in keyfold-confluent-serdes,"
                            + " or in io.confluent:kafka-avro-serializer.");
            refused.initCause(e);
            throw refused;
        }
    }

    private static Class<?> load(String className) throws ClassNotFoundException {
        ClassLoader context = Thread.currentThread().getContextClassLoader();
        return Class.forName(className, true, context == null ? ClassByName.class.getClassLoader() : context);
    }
}
