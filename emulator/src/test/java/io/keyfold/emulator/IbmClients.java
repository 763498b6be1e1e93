package io.keyfold.emulator;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import com.ibm.cloud.ibm_key_protect_api.v2.IbmKeyProtectApi;
import com.ibm.cloud.ibm_key_protect_api.v2.model.CreateKeyOptions;
import com.ibm.cloud.ibm_key_protect_api.v2.model.KeyWithPayload;
import com.ibm.cloud.platform_services.resource_controller.v2.ResourceController;
import com.ibm.cloud.platform_services.resource_controller.v2.model.CreateResourceInstanceOptions;
import com.ibm.cloud.platform_services.resource_controller.v2.model.ResourceInstance;
import com.ibm.cloud.sdk.core.http.RequestBuilder;
import com.ibm.cloud.sdk.core.http.Response;
import com.ibm.cloud.sdk.core.http.ServiceCall;
import com.ibm.cloud.sdk.core.security.Authenticator;
import com.ibm.cloud.sdk.core.security.IamAuthenticator;
import com.ibm.cloud.sdk.core.service.BaseService;
import com.ibm.cloud.sdk.core.util.ResponseConverterUtils;
import io.keyfold.emulator.resourcecontroller.Catalog;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/// IBM's own clients, pointed at an emulator.
final class IbmClients {

    final ResourceController resourceController;
    final IbmKeyProtectApi keyProtect;
    final PolicyClient policies;
    private final String resourceGroup;

    private IbmClients(ResourceController resourceController, IbmKeyProtectApi keyProtect, PolicyClient policies,
            String resourceGroup) {
        this.resourceController = resourceController;
        this.keyProtect = keyProtect;
        this.policies = policies;
        this.resourceGroup = resourceGroup;
    }

    static IbmClients of(EmulatorServer emulator) {
        return of(emulator, EmulatorSettings.USUAL_API_KEY);
    }

    static IbmClients of(EmulatorServer emulator, String apiKey) {
        String url = emulator.baseUrl().toString();
        var authenticator = new IamAuthenticator.Builder().apikey(apiKey).url(url).build();
        var resourceController = new ResourceController("rc", authenticator);
        var keyProtect = new IbmKeyProtectApi("kp", authenticator);
        var policies = new PolicyClient(authenticator);
        for (BaseService service : new BaseService[]{resourceController, keyProtect, policies}) {
            service.setServiceUrl(url);
            service.setClient(service.getClient().newBuilder().retryOnConnectionFailure(false).build());
        }
        String group = emulator.cloud().groups().of(emulator.cloud().account()).getFirst().id();
        return new IbmClients(resourceController, keyProtect, policies, group);
    }

    ResourceInstance createInstance(String name) {
        return createInstanceCall(name).getResult();
    }

    Response<ResourceInstance> createInstanceCall(String name) {
        return resourceController.createResourceInstance(new CreateResourceInstanceOptions.Builder().name(name)
                .target("us-south").resourceGroup(resourceGroup).resourcePlanId(Catalog.KEY_PROTECT.planId())
                .addTags("cluster:c1").parameters(Map.of("allowed_network", "public-and-private")).build()).execute();
    }

    KeyWithPayload createRootKey(String instance, String name, String alias) {
        return keyProtect.createKey(new CreateKeyOptions.Builder(instance, stream(Bodies.rootKey(name, alias)))
                .prefer("return=representation").build()).execute().getResult().getResources().getFirst();
    }

    static InputStream stream(String text) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8));
    }

    /// IBM's policy module is not on Maven Central: this is the SDK core that it would stand on.
    static final class PolicyClient extends BaseService {

        PolicyClient(Authenticator authenticator) {
            super("policies", authenticator);
        }

        ServiceCall<JsonObject> create(String body) {
            var request = RequestBuilder.post(RequestBuilder.resolveRequestUrl(getServiceUrl(), "/v1/policies"));
            request.header("Accept", "application/json");
            request.bodyJson(JsonParser.parseString(body).getAsJsonObject());
            return createServiceCall(request.build(), ResponseConverterUtils.getValue(JsonObject.class));
        }

        ServiceCall<JsonObject> get(String id) {
            var request = RequestBuilder
                    .get(RequestBuilder.resolveRequestUrl(getServiceUrl(), "/v1/policies/{id}", Map.of("id", id)));
            return createServiceCall(request.build(), ResponseConverterUtils.getValue(JsonObject.class));
        }

        ServiceCall<Void> delete(String id) {
            var request = RequestBuilder
                    .delete(RequestBuilder.resolveRequestUrl(getServiceUrl(), "/v1/policies/{id}", Map.of("id", id)));
            return createServiceCall(request.build(), ResponseConverterUtils.getVoid());
        }
    }
}
