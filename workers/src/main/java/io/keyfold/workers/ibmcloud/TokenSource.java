package io.keyfold.workers.ibmcloud;

import com.ibm.cloud.sdk.core.security.ContainerAuthenticator;
import com.ibm.cloud.sdk.core.security.IamAuthenticator;
import com.ibm.cloud.sdk.core.security.IamToken;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Consumer;
import okhttp3.OkHttpClient;

/// One of the SDK's authenticators, which fetches a token, keeps it and renews it ahead of time. Unlike the SDK's own it
/// can be told that its token is no good.
interface TokenSource {
    boolean hasToken();

    String getToken();

    void forget();

    /// Whether IAM says by this status that what we have shown it is not accepted: there is nothing else in the request that
    /// could be wrong. 400 with BXNIM0415E is its "no such API key".
    default boolean isRejection(int status) {
        return status == 400 || status == 401 || status == 403;
    }

    /// @param opened is told each secret that is sent
    static TokenSource of(IbmCloudSettings settings, OkHttpClient http, Consumer<Secret> opened) {
        var source = switch (settings.credentials()) {
            case Credentials.ApiKey(var key) -> {
                opened.accept(key);
                yield new ByApiKey(key);
            }
            case Credentials.ApiKeyFile(var file) -> new ByApiKeyFile(file, opened);
            case Credentials.TrustedProfile profile -> new ByTrustedProfile(profile, opened);
        };
        source.setURL(settings.iamUrl().toString());
        source.setClient(http);
        return (TokenSource) source;
    }

    /// By an API key.
    class ByApiKey extends IamAuthenticator implements TokenSource {
        ByApiKey() {}

        private ByApiKey(Secret key) {
            super(new Builder().apikey(key.value()));
        }

        @Override
        public boolean hasToken() {
            return isGood(tokenData);
        }

        @Override
        @SuppressWarnings("NullAway") // the SDK's own way of having none
        public void forget() {
            tokenData = null;
        }
    }

    /// The key is read for each token, so that it can be replaced while we run.
    final class ByApiKeyFile extends ByApiKey {
        private final Path file;
        private final Consumer<Secret> opened;

        private ByApiKeyFile(Path file, Consumer<Secret> opened) {
            this.file = file;
            this.opened = opened;
        }

        @Override
        public IamToken requestToken() {
            var key = read(file, "API key", "ibm.api.key.file");
            opened.accept(key);
            var once = new Builder().apikey(key.value()).url(getURL()).build();
            once.setClient(getClient());
            return once.requestToken();
        }
    }

    /// The SDK reads the container's token for each token of IAM's.
    final class ByTrustedProfile extends ContainerAuthenticator implements TokenSource {
        private final Optional<Path> file;
        private final Consumer<Secret> opened;

        private ByTrustedProfile(Credentials.TrustedProfile profile, Consumer<Secret> opened) {
            super(switch (profile.profile()) {
                case Credentials.Profile.Id(var id) -> new Builder().iamProfileId(id);
                case Credentials.Profile.Name(var name) -> new Builder().iamProfileName(name);
            });
            this.file = profile.tokenFile();
            this.opened = opened;
        }

        @Override
        protected String retrieveCRToken() {
            var token = file.map(path -> read(path, "container's token", "ibm.cr.token.file"))
                    .orElseGet(this::whereItUsuallyIs);
            opened.accept(token);
            return token.value();
        }

        private Secret whereItUsuallyIs() {
            try {
                return new Secret(super.retrieveCRToken().strip());
            } catch (RuntimeException none) {
                throw unreadable("container's token", "ibm.cr.token.file", "it is in none of its usual places");
            }
        }

        /// 404 is of the profile; to an API key that would say that IAM is not there.
        @Override
        public boolean isRejection(int status) {
            return status == 404 || TokenSource.super.isRejection(status);
        }

        @Override
        public boolean hasToken() {
            return isGood(tokenData);
        }

        @Override
        @SuppressWarnings("NullAway") // the SDK's own way of having none
        public void forget() {
            tokenData = null;
        }
    }

    private static boolean isGood(IamToken token) {
        return token != null && token.getException() == null && token.isTokenValid();
    }

    private static Secret read(Path file, String what, String setting) {
        try {
            return SecretFile.read(file);
        } catch (IllegalArgumentException wrong) {
            throw unreadable(what, setting, String.valueOf(wrong.getMessage()));
        }
    }

    private static FaultException unreadable(String what, String setting, String why) {
        return new FaultException(
                new Fault.Transient(
                        FaultCode.CREDENTIALS_REJECTED,
                        IbmAnswer.ofOurs(
                                IamTokens.CALL, "the " + what + " (" + setting + ") cannot be had: " + why),
                        Optional.of(IamTokens.CREDENTIALS_PAUSE)));
    }
}
