package io.keyfold.cli.bench;

import io.keyfold.emulator.EmulatorSettings;
import io.keyfold.workers.ibmcloud.Credentials;
import io.keyfold.workers.ibmcloud.IbmCloud;
import io.keyfold.workers.ibmcloud.IbmCloudSettings;
import io.keyfold.workers.ibmcloud.KeyProtectUrl;
import io.keyfold.workers.ibmcloud.Secret;
import java.net.URI;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Supplier;

/// What the workers' own client, IBM's SDK, can call the emulator with nothing else to do.
///
/// @param perSecond calls in a second
/// @param cpuMs     what each costs, client and server together
record HttpFloor(double perSecond, double cpuMs) {
    private static final int AT_A_TIME = 64;

    /// @param time so long, after as long a warm-up
    /// @param cpu  what client and server have used so far
    static HttpFloor measure(URI emulator, Duration time, Supplier<Duration> cpu) {
        try (var cloud = new IbmCloud(settings(emulator))) {
            calls(cloud, time);
            var before = cpu.get();
            var begin = System.nanoTime();
            var calls = calls(cloud, time);
            var took = System.nanoTime() - begin;
            return new HttpFloor(calls / (took / 1e9), cpu.get().minus(before).toNanos() / 1e6 / calls);
        }
    }

    private static IbmCloudSettings settings(URI emulator) {
        return new IbmCloudSettings(
                emulator, emulator, new KeyProtectUrl.Given(emulator.toString()),
                new Credentials.ApiKey(new Secret(EmulatorSettings.USUAL_API_KEY)), EmulatorSettings.USUAL_ACCOUNT,
                IbmCloudSettings.CONNECT_TIMEOUT, IbmCloudSettings.CALL_TIMEOUT, BenchSite.NO_RATE, BenchSite.NO_RATE,
                BenchSite.NO_RATE);
    }

    private static long calls(IbmCloud cloud, Duration time) {
        var until = System.nanoTime() + time.toNanos();
        var calls = new AtomicLong();
        var failure = new AtomicReference<RuntimeException>();
        try (var threads = Executors.newVirtualThreadPerTaskExecutor()) {
            for (int n = 0; n < AT_A_TIME; n++) {
                threads.execute(() -> {
                    try {
                        while (System.nanoTime() - until < 0) {
                            var _ = cloud.kmsInstances().activeOrProvisioning("no-such-instance");
                            calls.incrementAndGet();
                        }
                    } catch (RuntimeException e) { // told by the one who waits
                        failure.set(e);
                    }
                });
            }
        }
        if (failure.get() != null) {
            throw failure.get();
        }
        return calls.get();
    }
}
