package io.keyfold.workers.step;

import java.util.regex.Pattern;

/// IBM's Cloud Resource Name: `crn:v1:bluemix:public:kms:us-south:a/<account>:<instance>:<type>:<resource>`.
///
/// Its parts end up in host names and paths of requests that carry a token, so each is held to letters that mean nothing
/// there.
public record Crn(String value) {
    private static final Pattern SHAPE = Pattern.compile(
            "crn:v1:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]+:[a-z0-9-]*:[a-zA-Z0-9/_-]*:[a-zA-Z0-9._~-]*:[a-zA-Z0-9._-]*:[a-zA-Z0-9._~/-]*");

    private static final int SERVICE = 4;
    private static final int REGION = 5;
    private static final int SCOPE = 6;
    private static final int INSTANCE = 7;
    private static final int RESOURCE_TYPE = 8;
    private static final int RESOURCE = 9;

    public Crn {
        if (value.length() > 1024 || !SHAPE.matcher(value).matches()) {
            throw new IllegalArgumentException("not a CRN: " + value.substring(0, Math.min(value.length(), 200)));
        }
    }

    /// `kms`, `is`, `cloud-object-storage` …
    public String service() {
        return part(SERVICE);
    }

    /// `us-south`; empty for a global service. For a zonal resource the zone: `eu-de-1`.
    public String region() {
        return part(REGION);
    }

    /// The account's id, without the `a/`; empty where the CRN names none.
    public String account() {
        var scope = part(SCOPE);
        return scope.startsWith("a/") ? scope.substring(2) : "";
    }

    /// The GUID of the service instance; empty where there is none.
    public String instance() {
        return part(INSTANCE);
    }

    /// `key`, `volume`, `share` …; empty for an instance itself.
    public String resourceType() {
        return part(RESOURCE_TYPE);
    }

    public String resource() {
        return part(RESOURCE);
    }

    @Override
    public String toString() {
        return value;
    }

    private String part(int index) {
        return value.split(":", -1)[index];
    }
}
