package io.keyfold.workflow.wire;

import io.keyfold.contract.ClusterDeployRequested;
import io.keyfold.schemas.ContractClasses;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.avro.Schema.Field;
import org.jspecify.annotations.Nullable;

/// Turns inputs into a request record. Names and types come from the contract's schema, so that a new input needs no
/// line here; whether the values make sense is for the request's rules to say.
public final class RequestFields {
    /// Every input's name.
    public static final Set<String> NAMES = ClusterDeployRequested.getClassSchema().getFields().stream()
            .map(Field::name)
            .collect(Collectors.toUnmodifiableSet());

    static {
        ContractClasses.trust();
    }

    private RequestFields() {}

    /// The record with the given inputs, and the contract's defaults for the others.
    ///
    /// @throws InvalidInput with every name that is no input and every value of a wrong type
    public static ClusterDeployRequested toRecord(Map<String, @Nullable Object> inputs) {
        return ContractFields.set(ClusterDeployRequested.newBuilder().build(), inputs);
    }

    /// The names of inputs, sorted, for `--help` and messages.
    public static List<String> sortedNames() {
        return NAMES.stream().sorted().toList();
    }
}
