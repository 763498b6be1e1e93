package io.keyfold.workers.ibmcloud;

import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Lists of which each page says where the next one starts.
final class Pages {
    private Pages() {}

    /// @param next where the next page starts; empty on the last one
    record Page<T>(List<T> items, Optional<String> next) {}

    /// All of a list, never a part of it.
    ///
    /// @param call   what is listed, for people
    /// @param pageAt reads the page that starts there; empty for the first one
    /// @throws FaultException also where the pages lead back to one that was read
    static <T> List<T> all(String call, Function<Optional<String>, Page<T>> pageAt) {
        var all = new ArrayList<T>();
        var read = new HashSet<String>();
        Optional<String> start = Optional.empty();
        do {
            Page<T> page = pageAt.apply(start);
            all.addAll(page.items);
            start = page.next;
            if (start.isPresent() && !read.add(start.get())) {
                throw new FaultException(new Fault.Transient(
                        FaultCode.PROTOCOL, IbmAnswer.ofOurs(call, "the list's pages lead in a circle"),
                        Optional.empty()));
            }
        } while (start.isPresent());
        return List.copyOf(all);
    }
}
