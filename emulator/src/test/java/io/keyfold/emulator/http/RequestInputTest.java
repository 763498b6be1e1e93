package io.keyfold.emulator.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RequestInputTest {
    @ParameterizedTest
    @ValueSource(ints = {1, 3, 1000})
    void lines_and_bytes_are_the_same_however_they_arrive(int atATime) throws Exception {
        var in = new RequestInput(arriving("GET / HTTP/1.1\r\nHost: here\n\r\nbody", atATime));

        assertThat(in.line(100)).contains("GET / HTTP/1.1");
        assertThat(in.line(100)).contains("Host: here");
        assertThat(in.line(100)).contains("");
        assertThat(in.read()).isEqualTo('b');
        assertThat(in.readNBytes(10)).asString(StandardCharsets.US_ASCII).isEqualTo("ody");
        assertThat(in.read()).isEqualTo(-1);
        assertThat(in.line(100)).isEmpty();
    }

    @Test
    void a_line_that_is_longer_than_the_buffer_is_whole() throws Exception {
        String line = "x".repeat(50_000);

        assertThat(new RequestInput(arriving(line + "\r\n", 700)).line(60_000)).contains(line);
    }

    @Test
    void a_line_beyond_the_bound_is_refused_and_one_without_an_end_is_none() {
        assertThatThrownBy(() -> new RequestInput(arriving("12345\n", 10)).line(4)).isInstanceOf(BadRequest.class);
        assertThatThrownBy(() -> new RequestInput(arriving("12345", 10)).line(10)).isInstanceOf(EOFException.class);
    }

    private static InputStream arriving(String text, int atATime) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.ISO_8859_1)) {
            @Override
            public synchronized int read(byte[] into, int from, int length) {
                return super.read(into, from, Math.min(length, atATime));
            }
        };
    }
}
