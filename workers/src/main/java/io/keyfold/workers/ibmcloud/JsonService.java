package io.keyfold.workers.ibmcloud;

import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import com.ibm.cloud.sdk.core.http.RequestBuilder;
import com.ibm.cloud.sdk.core.http.ServiceCall;
import com.ibm.cloud.sdk.core.security.Authenticator;
import com.ibm.cloud.sdk.core.service.BaseService;
import com.ibm.cloud.sdk.core.util.ResponseConverterUtils;
import java.net.URI;
import java.util.Map;
import okhttp3.OkHttpClient;

/// The SDK's core for APIs whose own SDK is not on Maven Central: IAM policies and resource groups.
final class JsonService extends BaseService {
    JsonService(String name, URI url, Authenticator tokens, OkHttpClient http) {
        super(name, tokens);
        setServiceUrl(url.toString());
        setClient(http);
    }

    /// @param path with `{id}` where the id goes, escaped
    ServiceCall<JsonObject> get(String path, Map<String, String> ids, Map<String, String> query) {
        var request = RequestBuilder.get(RequestBuilder.resolveRequestUrl(getServiceUrl(), path, ids));
        query.forEach(request::query);
        return call(request);
    }

    ServiceCall<JsonObject> post(String path, JsonObject body) {
        return call(RequestBuilder.post(RequestBuilder.resolveRequestUrl(getServiceUrl(), path)).bodyJson(body));
    }

    ServiceCall<Void> delete(String path, Map<String, String> ids) {
        var request = RequestBuilder.delete(RequestBuilder.resolveRequestUrl(getServiceUrl(), path, ids));
        return createServiceCall(request.build(), ResponseConverterUtils.getVoid());
    }

    private ServiceCall<JsonObject> call(RequestBuilder request) {
        request.header("Accept", "application/json");
        return createServiceCall(
                request.build(), ResponseConverterUtils.getValue(new TypeToken<JsonObject>() {}.getType()));
    }
}
