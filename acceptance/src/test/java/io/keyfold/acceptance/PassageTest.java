package io.keyfold.acceptance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.keyfold.acceptance.Passage.Mode;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayNameGeneration;
import org.junit.jupiter.api.DisplayNameGenerator.ReplaceUnderscores;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@DisplayNameGeneration(ReplaceUnderscores.class)
@Timeout(60)
class PassageTest {
    private static final int PATIENCE_MS = 30_000;
    private static final int IMPATIENCE_MS = 200;

    private final Queue<String> arrived = new ConcurrentLinkedQueue<>();
    private final ServerSocket echo = echo();
    private final Passage passage = Passage.to(echo.getLocalPort(), 1);

    @AfterEach
    void close() throws IOException {
        passage.close();
        echo.close();
    }

    @Test
    void what_is_sent_through_an_open_passage_arrives_and_so_does_the_end() throws IOException {
        try (Socket client = client()) {
            assertThat(answer(client, "one", PATIENCE_MS)).isEqualTo("one");
            client.shutdownOutput();
            assertThat(client.getInputStream().read()).isEqualTo(-1);
        }
    }

    @Test
    void a_cut_resets_and_refuses_and_afterwards_the_same_port_is_open_again() throws IOException {
        try (Socket client = client()) {
            answer(client, "one", PATIENCE_MS);
            passage.become(Mode.CUT);
            assertThatThrownBy(() -> client.getInputStream().read()).isInstanceOf(SocketException.class);
            assertThatThrownBy(this::client).isInstanceOf(ConnectException.class);
        }
        passage.become(Mode.OPEN);
        try (Socket client = client()) {
            assertThat(answer(client, "two", PATIENCE_MS)).isEqualTo("two");
        }
    }

    @Test
    void what_was_held_arrives_later_even_if_its_sender_has_closed() throws IOException {
        try (Socket client = client()) {
            answer(client, "one", PATIENCE_MS);
            passage.become(Mode.STALLED);
            assertThatThrownBy(() -> answer(client, "two", IMPATIENCE_MS)).isInstanceOf(SocketTimeoutException.class);
        }
        assertThat(arrived).containsExactly("one");
        passage.become(Mode.OPEN);
        await().until(() -> arrived.contains("two"));
    }

    @Test
    void what_was_held_is_lost_if_its_sender_has_reset() throws IOException {
        try (Socket client = client()) {
            answer(client, "one", PATIENCE_MS);
            passage.become(Mode.STALLED);
            assertThatThrownBy(() -> answer(client, "two", IMPATIENCE_MS)).isInstanceOf(SocketTimeoutException.class);
            client.setSoLinger(true, 0);
        }
        await().until(() -> passage.connections() == 0);
        passage.become(Mode.OPEN);
        try (Socket client = client()) {
            answer(client, "three", PATIENCE_MS);
        }
        assertThat(arrived).containsExactly("one", "three");
    }

    @Test
    void a_connection_that_has_lost_something_stays_dumb() throws IOException {
        try (Socket client = client()) {
            answer(client, "one", PATIENCE_MS);
            passage.become(Mode.HALF_OPEN);
            assertThatThrownBy(() -> answer(client, "two", IMPATIENCE_MS)).isInstanceOf(SocketTimeoutException.class);
            passage.become(Mode.OPEN);
            assertThatThrownBy(() -> answer(client, "three", IMPATIENCE_MS)).isInstanceOf(SocketTimeoutException.class);
            assertThat(arrived).containsExactly("one");
        }
    }

    @Test
    void without_replies_what_is_sent_arrives() throws IOException {
        passage.become(Mode.WITHOUT_REPLIES);
        try (Socket client = client()) {
            assertThatThrownBy(() -> answer(client, "one", IMPATIENCE_MS)).isInstanceOf(SocketTimeoutException.class);
            await().until(() -> arrived.contains("one"));
        }
    }

    @Test
    void one_request_is_held_and_all_others_go_on() throws IOException {
        passage.hold("tw");
        try (Socket client = client(); Socket another = client()) {
            answer(client, "one", PATIENCE_MS);
            assertThatThrownBy(() -> answer(client, "two", IMPATIENCE_MS)).isInstanceOf(SocketTimeoutException.class);
            answer(another, "twice", PATIENCE_MS);
            assertThat(arrived).containsExactly("one", "twice");
            passage.letGo();
            await().until(() -> arrived.contains("two"));
        }
    }

    @Test
    void what_is_lost_on_the_way_is_sent_again_and_arrives_in_order() throws IOException {
        passage.become(Mode.LOSSY);
        try (Socket client = client()) {
            for (String word : new String[]{"one", "two", "three"}) {
                assertThat(answer(client, word, PATIENCE_MS)).isEqualTo(word);
            }
        }
    }

    private Socket client() throws IOException {
        return new Socket(InetAddress.getLoopbackAddress(), passage.port());
    }

    private static String answer(Socket client, String word, int withinMillis) throws IOException {
        client.setSoTimeout(withinMillis);
        client.getOutputStream().write(word.getBytes(StandardCharsets.US_ASCII));
        return new String(client.getInputStream().readNBytes(word.length()), StandardCharsets.US_ASCII);
    }

    private ServerSocket echo() {
        try {
            var socket = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());
            Thread.startVirtualThread(() -> {
                while (!socket.isClosed()) {
                    try {
                        Socket client = socket.accept();
                        Thread.startVirtualThread(() -> answerAll(client));
                    } catch (IOException e) { // the test is over
                        return;
                    }
                }
            });
            return socket;
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    private void answerAll(Socket client) {
        try (client) {
            byte[] buffer = new byte[100];
            for (int read = client.getInputStream().read(buffer); read >= 0; read =
                    client.getInputStream().read(buffer)) {
                arrived.add(new String(buffer, 0, read, StandardCharsets.US_ASCII));
                client.getOutputStream().write(buffer, 0, read);
            }
        } catch (IOException e) { // the client has reset
            return;
        }
    }
}
