package io.keyfold.workers.ibmcloud;

import com.ibm.cloud.platform_services.resource_controller.v2.ResourceController;
import io.keyfold.monitoring.Monitor;
import io.keyfold.monitoring.traces.Traces;
import io.keyfold.workers.authorization.AuthorizationPolicies;
import io.keyfold.workers.kmsinstance.KmsInstances;
import io.keyfold.workers.rootkey.RootKeys;
import io.keyfold.workers.step.MonotonicTime;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import okhttp3.OkHttpClient;

/// One account of IBM Cloud: the three workers' ports, over one token and one pool of connections.
///
/// Made once a process and account, shared by all threads, and closed at the end.
public final class IbmCloud implements AutoCloseable {
    private final SentSecrets sent = new SentSecrets();
    private final OkHttpClient http;
    private final IamTokens tokens;
    private final Duration callTimeout;
    private final KmsInstances kmsInstances;
    private final RootKeys rootKeys;
    private final AuthorizationPolicies authorizationPolicies;

    /// One whose calls nobody counts.
    public IbmCloud(IbmCloudSettings settings) {
        this(settings, Monitor.off());
    }

    /// @param monitor what counts and traces its calls
    public IbmCloud(IbmCloudSettings settings, Monitor monitor) {
        this(settings, MonotonicTime.SYSTEM, InstantSource.system(), monitor.meters(), monitor.traces());
    }

    IbmCloud(
            IbmCloudSettings settings, MonotonicTime time, InstantSource clock, MeterRegistry registry,
            Traces traces) {
        var meters = new CloudMeters(registry, new CloudTraces(traces), time);
        var errors = new ErrorReader(sent, clock);
        this.http = AtMostOnceHttp.create(settings.connectTimeout(), settings.callTimeout());
        this.tokens = new IamTokens(TokenSource.of(settings, http, sent::add), errors, time, meters);
        this.callTimeout = settings.callTimeout();
        var authorized = http.newBuilder().authenticator(tokens::afterRefusal).build();

        var resourceController = new ResourceController(ResourceController.DEFAULT_SERVICE_NAME, tokens);
        resourceController.setServiceUrl(settings.resourceControllerUrl().toString());
        resourceController.setClient(authorized);
        var resourceGroups =
                new JsonService("resource_manager", settings.resourceControllerUrl(), tokens, authorized);
        var iam = new JsonService("iam_policy_management", settings.iamUrl(), tokens, authorized);
        var keyProtect = new KeyProtect(settings.keyProtectUrl(), tokens, authorized);

        var resourceControllerApi = new CloudApi(
                "Resource Controller", errors, new RateLimit(settings.resourceControllerRate(), time),
                Meaning::ofResourceController, meters);
        var keyProtectApi = new CloudApi(
                "Key Protect", errors, new RateLimit(settings.keyProtectRate(), time), Meaning::ofKeyProtect,
                meters);
        var iamApi = new CloudApi("IAM", errors, new RateLimit(settings.iamRate(), time), Meaning::ofIam, meters);

        this.kmsInstances = new IbmKmsInstances(
                resourceControllerApi, resourceController, resourceGroups, settings, tokens, time);
        this.rootKeys = new IbmRootKeys(keyProtectApi, keyProtect);
        this.authorizationPolicies = new IbmAuthorizationPolicies(
                iamApi, keyProtectApi, iam, keyProtect, errors, settings.accountId());
    }

    /// Who our credentials make us.
    ///
    /// @param accountId the account that they are of
    /// @param askedAt   what time it was by IAM's clock when it gave the token, if the token says so
    public record Identity(String iamId, Optional<String> accountId, Optional<Instant> askedAt) {}

    /// Asks IAM for a token.
    ///
    /// @throws io.keyfold.workers.step.FaultException if it gives none
    public Identity identity() {
        return new Identity(tokens.iamId(), tokens.accountId(), tokens.issuedAt());
    }

    /// After so long a call has had its effect, or has none.
    public Duration callTimeout() {
        return callTimeout;
    }

    public KmsInstances kmsInstances() {
        return kmsInstances;
    }

    public RootKeys rootKeys() {
        return rootKeys;
    }

    public AuthorizationPolicies authorizationPolicies() {
        return authorizationPolicies;
    }

    /// Ends calls under way, as unknown outcomes, and closes all connections.
    @Override
    public void close() {
        AtMostOnceHttp.close(http);
        sent.forget();
    }
}
