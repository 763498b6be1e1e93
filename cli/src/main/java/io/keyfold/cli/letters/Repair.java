package io.keyfold.cli.letters;

import io.keyfold.schemas.Topic;
import io.keyfold.workflow.wire.ContractFields;
import io.keyfold.workflow.wire.InvalidInput;
import java.util.Map;
import org.apache.avro.specific.SpecificData;
import org.apache.avro.specific.SpecificRecord;
import org.jspecify.annotations.Nullable;

/// A request put right: what could be read of it, with some fields given anew.
///
/// @param before what could be read, or the contract's defaults
public record Repair(SpecificRecord before, SpecificRecord after) {
    /// @param given the fields by name, as JSON or as text
    /// @throws InvalidInput with every name that is no field and every value of a wrong type
    public static Repair of(Topic<?> topic, Original original, Map<String, @Nullable Object> given) {
        var before = original instanceof Original.Legible(var value) ? value : defaults(topic);
        return new Repair(before, ContractFields.set(copy(before), given));
    }

    /// The cluster that it is about now; empty if it names several.
    public String cluster() {
        return Original.clusterOf(after).orElse("");
    }

    private static SpecificRecord defaults(Topic<?> topic) {
        var model = SpecificData.getForClass(topic.recordClass());
        var schema = model.getSchema(topic.recordClass());
        var record = (SpecificRecord) model.newRecord(null, schema);
        schema.getFields().forEach(field -> record.put(field.pos(), model.getDefaultValue(field)));
        return record;
    }

    private static SpecificRecord copy(SpecificRecord record) {
        var model = SpecificData.getForClass(record.getClass());
        var copy = (SpecificRecord) model.newRecord(null, record.getSchema());
        record.getSchema().getFields().forEach(field -> copy.put(field.pos(), record.get(field.pos())));
        return copy;
    }
}
