package io.keyfold.emulator.iam;

import static io.keyfold.emulator.service.Route.Kind.WITHOUT_TOKEN;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.keyfold.emulator.http.HttpResponse;
import io.keyfold.emulator.service.Api;
import io.keyfold.emulator.service.Call;
import io.keyfold.emulator.service.Caller;
import io.keyfold.emulator.service.Cloud;
import io.keyfold.emulator.service.Json;
import io.keyfold.emulator.service.Refusal;
import io.keyfold.emulator.service.Route;
import java.time.Instant;
import java.util.List;

/// `POST /identity/token`: a token for an API key, or for a container's token and a trusted profile. Other grants are
/// refused.
public final class IdentityApi implements Api {

    private static final String API_KEY_GRANT = "urn:ibm:params:oauth:grant-type:apikey";

    private static final String CONTAINER_GRANT = "urn:ibm:params:oauth:grant-type:cr-token";

    private final Cloud cloud;
    private final ApiKeys apiKeys;
    private final TrustedProfiles profiles;
    private final Tokens tokens;

    public IdentityApi(Cloud cloud, ApiKeys apiKeys, TrustedProfiles profiles, Tokens tokens) {
        this.cloud = cloud;
        this.apiKeys = apiKeys;
        this.profiles = profiles;
        this.tokens = tokens;
    }

    @Override
    public List<Route> routes() {
        return List.of(Route.of(this, "iam.token", "POST /identity/token", WITHOUT_TOKEN, this::token));
    }

    private HttpResponse token(Call call) throws Refusal {
        String grant = call.request().form("grant_type").orElse("");
        if (grant.isEmpty()) {
            throw new Refusal(error(400, "BXNIM0109E", "Property missing or empty", "Property: 'grant_type'"));
        }
        Caller caller = switch (grant) {
            case API_KEY_GRANT -> apiKeys.ownerOf(needed(call, "apikey")).orElseThrow(
                    () -> new Refusal(error(400, "BXNIM0415E", "Provided API key could not be found.", "")));
            case CONTAINER_GRANT -> profiles.openedBy(
                    needed(call, "cr_token"),
                    call.request().form("profile_id").or(() -> call.request().form("profile_name")).orElse(""))
                    .orElseThrow(() -> new Refusal(error(
                            400, "BXNIM0439E", "Compute resource token is not valid for the trusted profile.", "")));
            default -> throw new Refusal(
                    error(400, "BXNIM0108E", "Unsupported grant type", "Grant type: '" + grant + "'"));
        };
        Instant expires = call.now().plus(cloud.behaviour().tokenLifetime());
        ObjectNode body = Json.object().put("access_token", tokens.issue(caller, grant, call.now(), expires))
                .put("refresh_token", "not_supported").put("token_type", "Bearer")
                .put("expires_in", cloud.behaviour().tokenLifetime().toSeconds())
                .put("expiration", expires.getEpochSecond()).put("scope", "ibm openid");
        call.touched().resource(caller.iamId());
        return Json.response(200, "application/json;charset=UTF-8", body);
    }

    private String needed(Call call, String property) throws Refusal {
        String value = call.request().form(property).orElse("");
        if (value.isEmpty()) {
            throw new Refusal(error(400, "BXNIM0109E", "Property missing or empty", "Property: '" + property + "'"));
        }
        return value;
    }

    @Override
    public HttpResponse error(int status, String message) {
        return error(status, status == 429 ? "BXNIM0445E" : "BXNIM0001E", message, "");
    }

    @Override
    public HttpResponse unauthorized() {
        return error(401, "BXNIM0410E", "Provided user not found or active", "");
    }

    @Override
    public HttpResponse forbidden() {
        return error(403, "BXNIM0436E", "Access denied", "");
    }

    @Override
    public HttpResponse quotaExceeded() {
        return error(429, "Rate limit exceeded");
    }

    @Override
    public HttpResponse dress(Call call, HttpResponse response) {
        return response.with("Transaction-Id", cloud.traces().hex(32)).with("Cache-Control",
                "no-cache, no-store, must-revalidate");
    }

    private HttpResponse error(int status, String code, String message, String details) {
        ObjectNode body = Json.object().put("errorCode", code).put("errorMessage", message);
        if (!details.isEmpty()) {
            body.put("errorDetails", details);
        }
        body.putObject("context").put("requestId", cloud.traces().hex(32)).put("requestType", "incoming.Identity_Token")
                .put("url", "https://iam.cloud.ibm.com").put("startTime", cloud.now().toString())
                .put("locale", "en_US");
        return Json.response(status, "application/json;charset=UTF-8", body);
    }
}
