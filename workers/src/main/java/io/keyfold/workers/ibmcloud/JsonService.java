package io.keyfold.workers.ibmcloud;

import com.google.gson.JsonObject;
import com.google.gson.reflect.TypeToken;
import com.ibm.cloud.sdk.core.http.RequestBuilder;
import com.ibm.cloud.sdk.core.http.ServiceCall;
import com.ibm.cloud.sdk.core.security.Authenticator;
import com.ibm.cloud.sdk.core.service.BaseService;
import com.ibm.cloud.sdk.core.util.ResponseConverterUtils;
import io.keyfold.workers.step.InstanceAddress;
import java.net.URI;
import java.util.Map;
import okhttp3.OkHttpClient;

/// The SDK's core for what no SDK on Maven Central has whole: IAM policies, resource groups, and
/// keys' policies, whose rotation Key Protect's SDK does not read back.
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

    /// A read in a Key Protect instance.
    ServiceCall<JsonObject> getIn(
            InstanceAddress instance, String path, Map<String, String> ids, Map<String, String> query) {
        return call(
                in(instance, RequestBuilder.get(RequestBuilder.resolveRequestUrl(getServiceUrl(), path, ids)), query));
    }

    /// A change in a Key Protect instance.
    ServiceCall<JsonObject> putIn(
            InstanceAddress instance, String path, Map<String, String> ids, Map<String, String> query,
            JsonObject body) {
        var request = RequestBuilder.put(RequestBuilder.resolveRequestUrl(getServiceUrl(), path, ids));
        return call(in(instance, request, query).bodyJson(body));
    }

    private static RequestBuilder in(InstanceAddress instance, RequestBuilder request, Map<String, String> query) {
        request.header("Bluemix-Instance", instance.guid());
        query.forEach(request::query);
        return request;
    }

    /// An order to a Key Protect instance that says all in its address.
    ServiceCall<JsonObject> postIn(InstanceAddress instance, String path, Map<String, String> ids) {
        var request = RequestBuilder.post(RequestBuilder.resolveRequestUrl(getServiceUrl(), path, ids));
        return call(in(instance, request, Map.of()));
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
