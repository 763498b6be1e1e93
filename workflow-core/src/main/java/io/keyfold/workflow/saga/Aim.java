package io.keyfold.workflow.saga;

import java.util.List;
import java.util.stream.Stream;

/// What a PROVISION is to bring about.
public sealed interface Aim {

    /// One of our own. It may be made once: if earlier commands made one that IBM Cloud does not show ready yet, it is
    /// that one which is waited for.
    ///
    /// @param made what earlier commands told to have made, in the order of telling
    record Create(List<CloudResource> made) implements Aim {
        public Create {
            made = List.copyOf(made);
        }
    }

    /// Exactly the id that the ledger has granted; nothing is ever made.
    record Adopt(String grantedId) implements Aim {}

    /// Exactly this root key of ours, usable again; no other is ever made.
    record Mend(String id) implements Aim {}

    /// A new one, of which nothing is known yet.
    static Aim create() {
        return new Create(List.of());
    }

    /// What earlier commands made for it.
    default List<CloudResource> made() {
        return this instanceof Create(var made) ? made : List.of();
    }

    /// The same aim, with what a command told to have made for it.
    default Aim having(List<CloudResource> told) {
        List<CloudResource> made = made();
        return !(this instanceof Create) ? this
                : new Create(
                        Stream.concat(
                                made.stream(),
                                told.stream().filter(
                                        one -> made.stream().noneMatch(other -> other.id().equals(one.id()))))
                                .toList());
    }
}
