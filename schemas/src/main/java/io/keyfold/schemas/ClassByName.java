package io.keyfold.schemas;

import org.apache.kafka.common.config.ConfigException;

/// Makes what a setting names.
final class ClassByName {
    private ClassByName() {}

    static <T> T create(Class<T> type, String className, String setting) {
        try {
            return type.cast(load(className).getDeclaredConstructor().newInstance());
        } catch (ReflectiveOperationException | LinkageError | ClassCastException e) {
            ConfigException refused = new ConfigException(
                    setting,
                    className,
                    "It is not on the class path, or is no " + type.getSimpleName()
                            + ". Confluent's are in keyfold-confluent-serdes,"
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
