package io.keyfold.workers.step;

import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.Supplier;

/// A list that IBM Cloud gives page by page, read when it is asked for.
///
/// @param call   what is listed, for people
/// @param pageAt reads the page that starts there; empty for the first one
public record Listing<T>(String call, Function<Optional<String>, Page<T>> pageAt) {

    /// @param next where the next page starts; empty on the last one
    public record Page<T>(List<T> items, Optional<String> next) {}

    public Listing<T> filter(Predicate<T> wanted) {
        return new Listing<>(call, start -> {
            Page<T> page = pageAt.apply(start);
            return new Page<>(page.items.stream().filter(wanted).toList(), page.next);
        });
    }

    /// All of it, never a part.
    ///
    /// @throws FaultException also where the pages lead back to one that was read
    public List<T> whole() {
        return whole(Supplier::get);
    }

    /// The same, and each page is read by the reader: one that is refused is read again without those before it.
    List<T> whole(Function<Supplier<Page<T>>, Page<T>> reader) {
        var all = new ArrayList<T>();
        var read = new HashSet<String>();
        Optional<String> start = Optional.empty();
        do {
            Optional<String> from = start;
            Page<T> page = reader.apply(() -> pageAt.apply(from));
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
