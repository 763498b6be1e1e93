package io.keyfold.workers.ibmcloud;

import static io.keyfold.workers.ibmcloud.UnexpectedAnswerException.present;

import com.ibm.cloud.ibm_key_protect_api.v2.IbmKeyProtectApi;
import com.ibm.cloud.ibm_key_protect_api.v2.model.RegistrationResource;
import com.ibm.cloud.ibm_key_protect_api.v2.model.RegistrationWithTotalCount;
import com.ibm.cloud.sdk.core.security.Authenticator;
import io.keyfold.workers.rootkey.KeyRegistration;
import io.keyfold.workers.step.InstanceAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongFunction;
import okhttp3.OkHttpClient;

/// Key Protect's SDK, one client a region: a client's address can be set, but not for a single call.
final class KeyProtect {
    static final long PAGE = 200;

    private final KeyProtectUrl url;
    private final Authenticator tokens;
    private final OkHttpClient http;
    private final Map<String, IbmKeyProtectApi> regions = new ConcurrentHashMap<>();
    private final Map<String, JsonService> plain = new ConcurrentHashMap<>();

    KeyProtect(KeyProtectUrl url, Authenticator tokens, OkHttpClient http) {
        this.url = url;
        this.tokens = tokens;
        this.http = http;
    }

    IbmKeyProtectApi in(InstanceAddress instance) {
        return regions.computeIfAbsent(instance.region(), region -> {
            var client = new IbmKeyProtectApi(IbmKeyProtectApi.DEFAULT_SERVICE_NAME, tokens);
            client.setServiceUrl(url.in(region).toString());
            client.setClient(http);
            return client;
        });
    }

    /// For what the SDK has not.
    JsonService plainIn(InstanceAddress instance) {
        return plain.computeIfAbsent(
                instance.region(),
                region -> new JsonService("kms", url.in(region), tokens, http));
    }

    /// @param listed how many the page had before any were left out
    record Page<T>(List<T> items, int listed) {
        static <T> Page<T> none() {
            return new Page<>(List.of(), 0);
        }
    }

    <T> List<T> allPages(LongFunction<Page<T>> pageAt) {
        var all = new ArrayList<T>();
        long offset = 0;
        Page<T> page;
        do {
            page = pageAt.apply(offset);
            all.addAll(page.items);
            offset += page.listed;
        } while (page.listed >= PAGE);
        return List.copyOf(all);
    }

    static Page<KeyRegistration> registrations(RegistrationWithTotalCount answer) {
        present(answer.getMetadata(), "metadata");
        List<RegistrationResource> listed = answer.getResources() == null ? List.of() : answer.getResources();
        var registrations = listed.stream()
                .map(each -> new KeyRegistration(
                        present(each.getKeyId(), "keyId"),
                        present(each.getResourceCrn(), "resourceCrn"),
                        Boolean.TRUE.equals(each.isPreventKeyDeletion())))
                .toList();
        return new Page<>(registrations, listed.size());
    }
}
