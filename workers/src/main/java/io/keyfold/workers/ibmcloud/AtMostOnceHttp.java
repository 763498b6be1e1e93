package io.keyfold.workers.ibmcloud;

import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Stream;
import okhttp3.ConnectionPool;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import okhttp3.ResponseBody;
import okio.Buffer;
import okio.BufferedSource;
import okio.ForwardingSource;
import okio.Okio;

/// OkHttp made to send a request at most once, to the host it was meant for, and to end in time.
///
/// As it comes, OkHttp sends a POST again when a kept connection breaks after the server has read it, which makes two
/// instances or two keys (measured); it follows redirects; and it waits for ever for a body that trickles.
final class AtMostOnceHttp {
    /// Far more than any answer of these APIs; what unpacks to more is not one.
    static final long LONGEST_BODY = 16L << 20;

    // OkHttp keeps 5 by default, and thousands of virtual threads would open and close the rest for each call.
    private static final int IDLE_CONNECTIONS = 256;
    // Shorter than servers keep theirs, so that seldom a call meets one that is being closed at that very moment.
    private static final Duration IDLE_TIME = Duration.ofSeconds(30);

    private static final String USER_AGENT = "keyfold";

    private AtMostOnceHttp() {}

    static OkHttpClient create(Duration connectTimeout, Duration callTimeout) {
        return new OkHttpClient.Builder()
                .socketFactory(new AbruptSockets())
                .retryOnConnectionFailure(false)
                .followRedirects(false)
                .followSslRedirects(false)
                .connectTimeout(connectTimeout)
                .readTimeout(callTimeout)
                .writeTimeout(callTimeout)
                .callTimeout(callTimeout)
                .connectionPool(new ConnectionPool(IDLE_CONNECTIONS, IDLE_TIME.toSeconds(), TimeUnit.SECONDS))
                .addInterceptor(AtMostOnceHttp::replayable)
                .addInterceptor(AtMostOnceHttp::knowingWhetherItWasSent)
                .addNetworkInterceptor(AtMostOnceHttp::noteThatItIsSent)
                .addInterceptor(AtMostOnceHttp::bounded)
                .build();
    }

    static void close(OkHttpClient http) {
        http.dispatcher().cancelAll();
        http.dispatcher().executorService().shutdown();
        http.connectionPool().evictAll();
    }

    // The Key Protect SDK sends a stream. After a 401 the same request goes out once more with a new token, and a stream
    // that was read would then be empty.
    private static Response replayable(Interceptor.Chain chain) throws IOException {
        // The Key Protect SDK's own says "${git-repository-name}".
        var request = chain.request().newBuilder().header("User-Agent", USER_AGENT).build();
        var body = request.body();
        if (body == null || body.contentLength() >= 0) {
            return chain.proceed(request);
        }
        var bytes = new Buffer();
        body.writeTo(bytes);
        return chain.proceed(request.newBuilder()
                .method(request.method(), RequestBody.create(bytes.readByteArray(), body.contentType()))
                .build());
    }

    private record Sent(AtomicBoolean yes) {}

    private static Response knowingWhetherItWasSent(Interceptor.Chain chain) throws IOException {
        var sent = new Sent(new AtomicBoolean());
        Request request = chain.request().newBuilder().tag(Sent.class, sent).build();
        try {
            return chain.proceed(request);
        } catch (IOException failure) {
            throw sent.yes.get() ? failure : new NotSentException(failure);
        }
    }

    // Network interceptors run once there is a connection, right before the first byte is written.
    private static Response noteThatItIsSent(Interceptor.Chain chain) throws IOException {
        var sent = chain.request().tag(Sent.class);
        CloudTraces.sent(chain.request(), sent != null && sent.yes.getAndSet(true));
        var response = chain.proceed(chain.request());
        // "503, Retry-After: 0" makes OkHttp send the request again, a POST too, whatever it was told about retries.
        return response.code() == 503 && "0".equals(response.header("Retry-After"))
                ? response.newBuilder().removeHeader("Retry-After").build()
                : response;
    }

    // Counted after unpacking: a small gzip can hold gigabytes.
    private static Response bounded(Interceptor.Chain chain) throws IOException {
        var response = chain.proceed(chain.request());
        var body = response.body();
        return response.newBuilder()
                .body(ResponseBody.create(Okio.buffer(new Bounded(body.source())), body.contentType(),
                        body.contentLength()))
                .build();
    }

    private static final class Bounded extends ForwardingSource {
        private long read;

        Bounded(BufferedSource source) {
            super(source);
        }

        @Override
        public long read(Buffer sink, long byteCount) throws IOException {
            long count = super.read(sink, byteCount);
            read += Math.max(0, count);
            if (read > LONGEST_BODY) {
                throw new IOException("the answer is longer than " + LONGEST_BODY + " bytes");
            }
            return count;
        }
    }

    /// The first of the causes that is of this kind.
    static <E extends Throwable> Optional<E> cause(Throwable failure, Class<E> kind) {
        return Stream.iterate(failure, Objects::nonNull, Throwable::getCause)
                .limit(10)
                .filter(kind::isInstance)
                .map(kind::cast)
                .findFirst();
    }
}
