package io.keyfold.workers.keymaterial;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.keyfold.workers.ibmcloud.Secret;
import io.keyfold.workers.rootkey.KeyMaterial;
import io.keyfold.workers.rootkey.KeyMaterialReference;
import io.keyfold.workers.rootkey.KeyMaterials;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/// Material in a secrets engine of the kind KV version 2, below one address: the field `material` of the newest version.
///
/// The token goes to that address alone: redirects are not followed.
final class VaultMaterials implements KeyMaterials {
    private static final String URL_SETTING = "material.vault.url";
    private static final String TOKEN_SETTING = "material.vault.token";
    /// Where KV version 2 has a secret's fields.
    private static final List<String> PLACE = List.of("data", "data", "material");
    private static final int LONGEST_ANSWER = 64 << 10;

    private static final JsonFactory JSON = new JsonFactory();

    private final MaterialSettings settings;

    VaultMaterials(MaterialSettings settings) {
        this.settings = settings;
    }

    @Override
    public KeyMaterial fetch(KeyMaterialReference reference) {
        MaterialSettings.Vault vault = settings.vault().orElseThrow(() -> MaterialFault.refused(
                reference, "The root-key worker has no vault for key material: its setting " + URL_SETTING
                        + " is empty."));
        HttpResponse<Optional<byte[]>> answer = answer(reference, vault);
        try {
            return read(reference, answer);
        } finally {
            answer.body().ifPresent(body -> Arrays.fill(body, (byte) 0));
        }
    }

    static HttpRequest request(KeyMaterialReference reference, URI below, Secret token) {
        try {
            return HttpRequest.newBuilder(URI.create(below.toString().replaceAll("/+$", "") + "/" + reference.name()))
                    .header("X-Vault-Token", token.value())
                    .header("X-Vault-Request", "true")
                    .build();
        } catch (IllegalArgumentException quotesTheToken) {
            // Its message may have the token in it, so it goes no further.
            throw MaterialFault.refused(
                    reference,
                    "The vault cannot be asked: see the worker's " + URL_SETTING + " and " + TOKEN_SETTING + ".");
        }
    }

    private HttpResponse<Optional<byte[]>> answer(KeyMaterialReference reference, MaterialSettings.Vault vault) {
        HttpRequest request = request(reference, vault.url(), vault.token());
        // Keys are seldom brought: a client for each, and no connection is left open.
        try (HttpClient http = client()) {
            return answer(reference, http, request);
        }
    }

    private HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NEVER)
                .connectTimeout(settings.connectTimeout())
                .build();
    }

    private HttpResponse<Optional<byte[]>> answer(
            KeyMaterialReference reference, HttpClient http, HttpRequest request) {
        CompletableFuture<HttpResponse<Optional<byte[]>>> call =
                http.sendAsync(request, _ -> new LimitedBody(LONGEST_ANSWER));
        try {
            // For the body too, which the request's own time-out leaves out.
            return call.get(settings.callTimeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException e) {
            Throwable cause = e.getCause() == null ? e : e.getCause();
            throw MaterialFault.passing(
                    reference, "The vault does not answer (" + cause.getClass().getSimpleName()
                            + "); see the worker's " + URL_SETTING + ".");
        } catch (TimeoutException e) {
            throw MaterialFault.passing(reference, "The vault does not answer in time.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw MaterialFault.passing(reference, "The worker is being stopped.");
        } finally {
            http.shutdownNow();
        }
    }

    private static KeyMaterial read(KeyMaterialReference reference, HttpResponse<Optional<byte[]>> answer) {
        int status = answer.statusCode();
        if (status == 200) {
            byte[] body = answer.body().orElseThrow(() -> MaterialFault.refused(
                    reference, "The vault's answer is longer than " + LONGEST_ANSWER + " bytes; see the worker's "
                            + URL_SETTING + "."));
            return material(reference, body).flatMap(KeyMaterial::ofBase64)
                    .orElseThrow(() -> MaterialFault.notMaterial(reference));
        }
        String said = "The vault answers HTTP " + status + "; ";
        throw switch (status) {
            case 404 -> MaterialFault.refused(
                    reference, said + "there is no such secret below the worker's " + URL_SETTING
                            + ", or its newest version was deleted.");
            case 401, 403 -> MaterialFault.refused(
                    reference,
                    said + "the worker's " + TOKEN_SETTING + " is not valid, or its policy does not allow it.");
            case 408, 412, 429 -> MaterialFault.passing(reference, said + "it is asked again.");
            default -> status / 100 == 5
                    ? MaterialFault.passing(reference, said + "it is asked again.")
                    : MaterialFault.refused(reference, said + "see the worker's " + URL_SETTING + ".");
        };
    }

    /// @return the text of the field; empty if there is none
    private static Optional<byte[]> material(KeyMaterialReference reference, byte[] answer) {
        try (JsonParser json = JSON.createParser(answer)) {
            for (String field : PLACE) {
                if (json.nextToken() != JsonToken.START_OBJECT || !isFound(json, field)) {
                    return Optional.empty();
                }
            }
            return json.nextToken() == JsonToken.VALUE_STRING ? Optional.of(text(json)) : Optional.empty();
        } catch (IOException e) {
            throw MaterialFault.refused(
                    reference, "The vault's answer is not JSON; see the worker's " + URL_SETTING + ".");
        }
    }

    private static boolean isFound(JsonParser json, String field) throws IOException {
        while (json.nextToken() == JsonToken.FIELD_NAME) {
            if (json.currentName().equals(field)) {
                return true;
            }
            json.nextToken();
            json.skipChildren();
        }
        return false;
    }

    /// The parser's own characters are wiped: it uses the buffer again, for others.
    private static byte[] text(JsonParser json) throws IOException {
        char[] characters = json.getTextCharacters();
        int from = json.getTextOffset();
        byte[] text = new byte[json.getTextLength()];
        for (int index = 0; index < text.length; index++) {
            char character = characters[from + index];
            text[index] = character < 128 ? (byte) character : (byte) '?';
        }
        Arrays.fill(characters, from, from + text.length, '\0');
        return text;
    }
}
