package io.keyfold.monitoring;

import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/// What several services in one process say of themselves, all of it.
final class JoinedVitals implements Vitals {
    private final Map<String, Supplier<Vitals>> services = new ConcurrentSkipListMap<>();

    void add(String name, Supplier<Vitals> service) {
        services.put(name, service);
    }

    @Override
    public Health live() {
        return joined(Vitals::live);
    }

    @Override
    public Health ready() {
        return joined(Vitals::ready);
    }

    private Health joined(Function<Vitals, Health> question) {
        return new Health(services.entrySet().stream().flatMap(
                service -> named(service.getKey(), question.apply(service.getValue().get()))).toList());
    }

    private static Stream<Health.Check> named(String service, Health health) {
        return health.checks().stream().map(
                check -> new Health.Check(service + " " + check.name(), check.isGood(), check.words()));
    }
}
