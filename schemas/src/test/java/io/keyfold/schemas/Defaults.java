package io.keyfold.schemas;

import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;

/// A topic's record with nothing set.
final class Defaults {
    private Defaults() {}

    static <T extends SpecificRecord> T of(Topic<T> topic) {
        SpecificData model = SpecificData.getForClass(topic.recordClass());
        T record = topic.recordClass().cast(model.newRecord(null, model.getSchema(topic.recordClass())));
        record.getSchema().getFields().forEach(field -> record.put(field.pos(), model.getDefaultValue(field)));
        return record;
    }
}
