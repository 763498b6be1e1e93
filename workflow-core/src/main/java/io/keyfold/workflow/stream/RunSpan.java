package io.keyfold.workflow.stream;

import io.keyfold.schemas.TraceParent;
import java.util.Optional;

/// Where a run stands in its trace, as its saga keeps it: `00-<trace>-<span>-<flags>`, with `-<parent>` behind it if it has one.
///
/// @param context  its own span
/// @param parentId the span that asked for it; empty if the trace begins with it
record RunSpan(TraceParent context, Optional<String> parentId) {
    private static final int LENGTH_WITHOUT_PARENT = 55;

    static Optional<RunSpan> parse(String kept) {
        return TraceParent.parse(kept).map(
                context -> new RunSpan(
                        context,
                        kept.length() > LENGTH_WITHOUT_PARENT
                                ? Optional.of(kept.substring(LENGTH_WITHOUT_PARENT + 1))
                                : Optional.empty()));
    }

    String kept() {
        return context + parentId.map(parent -> "-" + parent).orElse("");
    }
}
