package io.keyfold.workers.step;

import java.util.regex.Pattern;

/// Where a Key Protect instance is called: the region decides the host, the GUID is sent with each request.
///
/// Both end up in requests that carry a token, so both are held to letters that mean nothing there.
public record InstanceAddress(String region, String guid) {
    private static final Pattern REGION = Pattern.compile("[a-z]{2,4}-[a-z]{2,12}[0-9]?");
    private static final Pattern GUID = Pattern.compile("[A-Za-z0-9-]{1,64}");

    public InstanceAddress {
        if (!REGION.matcher(region).matches()) {
            throw new IllegalArgumentException("not a region of IBM Cloud: \"" + IbmAnswer.oneLine(region, 40) + "\"");
        }
        if (!GUID.matcher(guid).matches()) {
            throw new IllegalArgumentException("not an instance's GUID: \"" + IbmAnswer.oneLine(guid, 80) + "\"");
        }
    }

    public static InstanceAddress of(Crn instance) {
        return new InstanceAddress(instance.region(), instance.instance());
    }

    @Override
    public String toString() {
        return region + "/" + guid;
    }
}
