package io.keyfold.workers.ibmcloud;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.time.Duration;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class AbruptSocketsTest {
    private static final Duration CONNECT = Duration.ofSeconds(30);
    private static final Duration CALL = Duration.ofMillis(300);

    @Test
    @Tag("case-30")
    void a_call_that_is_given_up_is_reset_so_that_nothing_of_it_arrives_later() throws IOException {
        OkHttpClient http = AtMostOnceHttp.create(CONNECT, CALL);
        try (var server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            var create = new Request.Builder().url("http://127.0.0.1:" + server.getLocalPort() + "/")
                    .post(RequestBody.create("{}", MediaType.get("application/json"))).build();
            assertThatThrownBy(() -> http.newCall(create).execute()).isInstanceOf(IOException.class);

            try (var connection = server.accept()) {
                // An end in order would be read as -1.
                assertThatThrownBy(() -> connection.getInputStream().transferTo(OutputStream.nullOutputStream()))
                        .isInstanceOf(SocketException.class);
            }
        } finally {
            AtMostOnceHttp.close(http);
        }
    }
}
