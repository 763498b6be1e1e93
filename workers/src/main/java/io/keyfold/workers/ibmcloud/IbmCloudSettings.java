package io.keyfold.workers.ibmcloud;

import io.keyfold.regions.CloudRegions;
import io.keyfold.regions.Network;
import java.net.URI;
import java.time.Duration;
import java.util.Locale;

/// Where one account of IBM Cloud is, who we are there, and how much we ask of it.
///
/// @param iamUrl                IAM: tokens and policies
/// @param resourceControllerUrl the Resource Controller, which also answers for resource groups
/// @param keyProtectUrl         Key Protect, in the instance's region
/// @param accountId             the account, as IAM writes it into policies
/// @param connectTimeout        to have a connection, TLS included
/// @param callTimeout           for one call as a whole, from the first byte to the last
/// @param iamRate               and the others: the most calls in a second
public record IbmCloudSettings(
        URI iamUrl,
        URI resourceControllerUrl,
        KeyProtectUrl keyProtectUrl,
        Credentials credentials,
        String accountId,
        Duration connectTimeout,
        Duration callTimeout,
        int iamRate,
        int resourceControllerRate,
        int keyProtectRate) {
    public static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(5);
    public static final Duration CALL_TIMEOUT = Duration.ofSeconds(20);
    public static final int RATE = 50;

    public IbmCloudSettings {
        requireSafe("IAM", iamUrl);
        requireSafe("Resource Controller", resourceControllerUrl);
        requireSafe("Key Protect", keyProtectUrl.in("us-south"));
        if (accountId.isBlank()) {
            throw new IllegalArgumentException("the account id is empty");
        }
        if (!connectTimeout.isPositive() || !callTimeout.isPositive()) {
            throw new IllegalArgumentException("a time-out must be longer than nothing: connect " + connectTimeout
                    + ", call " + callTimeout);
        }
        if (iamRate < 1 || resourceControllerRate < 1 || keyProtectRate < 1) {
            throw new IllegalArgumentException("a rate must be at least one call a second");
        }
    }

    /// IBM's own addresses in a network, with everything else as we recommend it.
    public static IbmCloudSettings of(Network network, String accountId, Credentials credentials) {
        return new IbmCloudSettings(
                iamUrl(network), resourceControllerUrl(network), new KeyProtectUrl.OfIbm(network), credentials,
                accountId,
                CONNECT_TIMEOUT, CALL_TIMEOUT, RATE, RATE, RATE);
    }

    public static URI iamUrl(Network network) {
        return URI.create("https://" + CloudRegions.ofIbm().iamHost(network));
    }

    public static URI resourceControllerUrl(Network network) {
        return URI.create("https://" + CloudRegions.ofIbm().resourceControllerHost(network));
    }

    // No message shows the URL that is refused, since there may be a password in it. The API key and every token go to these addresses.
    private static void requireSafe(String api, URI url) {
        var scheme = url.getScheme() == null ? "" : url.getScheme().toLowerCase(Locale.ROOT);
        var host = url.getHost() == null ? "" : url.getHost().toLowerCase(Locale.ROOT);
        if (host.isEmpty() || !(scheme.equals("https") || scheme.equals("http"))
                || url.getRawUserInfo() != null || url.getRawQuery() != null || url.getRawFragment() != null) {
            throw new IllegalArgumentException(
                    "the URL of " + api + " must be http(s)://host[:port][/path], with nothing after it");
        }
        if (scheme.equals("http") && host.endsWith(".ibm.com")) {
            throw new IllegalArgumentException("the URL of " + api + " must be https");
        }
    }
}
