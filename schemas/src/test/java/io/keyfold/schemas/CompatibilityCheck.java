package io.keyfold.schemas;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.apache.avro.Schema;
import org.apache.avro.SchemaCompatibility;
import org.apache.avro.SchemaCompatibility.SchemaCompatibilityType;

/// Whether two versions of a schema can read each other, with a complaint for each reason why not.
final class CompatibilityCheck {
    private CompatibilityCheck() {}

    static List<String> complaints(String topic, String version, Schema released, Schema present) {
        return Stream.concat(
                one(topic, "the present schema cannot read " + version, present, released),
                one(topic, version + " cannot read the present schema", released, present))
                .toList();
    }

    private static Stream<String> one(String topic, String what, Schema reader, Schema writer) {
        var result = SchemaCompatibility.checkReaderWriterCompatibility(reader, writer).getResult();
        if (result.getCompatibility() == SchemaCompatibilityType.COMPATIBLE) {
            return Stream.empty();
        }
        List<String> complaints = new ArrayList<>();
        result.getIncompatibilities()
                .forEach(reason -> complaints.add(topic + ": " + what + ": " + reason.getType() + " at "
                        + place(reader, reason.getLocation()) + " (" + reason.getMessage() + ")"));
        return complaints.stream();
    }

    /// The field's name in front of Avro's path, which only counts fields.
    private static String place(Schema reader, String location) {
        String[] path = location.split("/", -1);
        return path.length > 2 && path[1].equals("fields")
                ? reader.getFields().get(Integer.parseInt(path[2])).name() + ", " + location
                : location;
    }
}
