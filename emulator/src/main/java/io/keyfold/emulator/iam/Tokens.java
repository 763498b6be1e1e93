package io.keyfold.emulator.iam;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpRequest;
import io.keyfold.emulator.service.Caller;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Json;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/// Access tokens in the shape of IAM's JWTs. They are signed with a secret of this process, so only its own are taken.
public final class Tokens {

    private static final Base64.Encoder BASE64 = Base64.getUrlEncoder().withoutPadding();
    private static final String HEAD = encoded(
            Json.object().put("kid", "20261101-emulator").put("typ", "JWT").put("alg", "RS256"));

    private static final int MOST_KEPT = 1000;

    /// A token whose signature is ours.
    private record Ours(String id, long expiresMillis, String name, boolean isProfile) {}

    private final Cloud cloud;
    private final ApiKeys apiKeys;
    private final TrustedProfiles profiles;
    private final SecretKeySpec secret;
    private final AtomicInteger generation = new AtomicInteger();
    private final Map<String, Ours> read = new ConcurrentHashMap<>();

    public Tokens(Cloud cloud, ApiKeys apiKeys, TrustedProfiles profiles) {
        this.cloud = cloud;
        this.apiKeys = apiKeys;
        this.profiles = profiles;
        byte[] bytes = new byte[32];
        new SecureRandom().nextBytes(bytes);
        this.secret = new SecretKeySpec(bytes, "HmacSHA256");
    }

    String issue(Caller caller, String grant, Instant issued, Instant expires) {
        String serviceId = caller.iamId().startsWith("iam-") ? caller.iamId().substring(4) : caller.iamId();
        ObjectNode claims = Json.object().put("iam_id", caller.iamId()).put("id", caller.iamId())
                .put("realmid", "iam").put("jti", generation.get() + "-" + cloud.traces().uuid())
                .put("identifier", serviceId).put("name", caller.name()).put("sub", serviceId)
                .put("sub_type", caller.iamId().startsWith("iam-Profile-") ? "Profile" : "ServiceId")
                .put("authn_iam_id", caller.iamId()).put("iat", issued.getEpochSecond())
                .put("exp", expires.getEpochSecond()).put("exp_ms", expires.toEpochMilli())
                .put("iss", "https://iam.cloud.ibm.com/identity")
                .put("grant_type", grant).put("scope", "ibm openid")
                .put("client_id", "default").put("acr", 1);
        claims.putObject("account").put("valid", true).put("bss", caller.account()).put("frozen", true);
        claims.putArray("amr").add("pwd");
        String signed = HEAD + "." + encoded(claims);
        return signed + "." + BASE64.encodeToString(signature(signed));
    }

    /// Whose token the request carries; nobody if it has none that is ours and still valid.
    public Optional<Caller> callerOf(HttpRequest request) {
        String token = request.headers().first("Authorization").orElse("");
        if (!token.regionMatches(true, 0, "Bearer ", 0, 7)) {
            return Optional.empty();
        }
        return read(token.substring(7).trim()).filter(this::isValid)
                .flatMap(ours -> ours.isProfile ? profiles.named(ours.name) : apiKeys.named(ours.name));
    }

    private boolean isValid(Ours token) {
        return token.expiresMillis > cloud.now().toEpochMilli() && token.id.startsWith(generation.get() + "-");
    }

    /// What one of our tokens says; nothing if it is not ours. A client shows the same for an hour, with each of its calls.
    private Optional<Ours> read(String token) {
        Ours known = read.get(token);
        if (known != null) {
            return Optional.of(known);
        }
        Optional<Ours> ours = verified(token);
        ours.ifPresent(one -> {
            if (read.size() >= MOST_KEPT) {
                read.clear();
            }
            read.put(token, one);
        });
        return ours;
    }

    private Optional<Ours> verified(String token) {
        String[] parts = token.split("\\.", -1);
        if (parts.length != 3) {
            return Optional.empty();
        }
        try {
            byte[] given = Base64.getUrlDecoder().decode(parts[2]);
            if (!MessageDigest.isEqual(given, signature(parts[0] + "." + parts[1]))) {
                return Optional.empty();
            }
            JsonNode claims = Json.parse(Base64.getUrlDecoder().decode(parts[1])).orElse(Json.object());
            return Optional.of(new Ours(
                    claims.path("jti").asText(), claims.path("exp_ms").asLong(), claims.path("name").asText(),
                    claims.path("sub_type").asText().equals("Profile")));
        } catch (IllegalArgumentException notBase64) {
            return Optional.empty();
        }
    }

    /// From now on no token given before is valid.
    public void expireAll() {
        generation.incrementAndGet();
    }

    private byte[] signature(String signed) {
        try {
            Mac mac = Mac.getInstance("HmacSHA256");
            mac.init(secret);
            return mac.doFinal(signed.getBytes(StandardCharsets.US_ASCII));
        } catch (GeneralSecurityException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static String encoded(ObjectNode json) {
        return BASE64.encodeToString(Json.write(json).getBytes(StandardCharsets.UTF_8));
    }
}
