package io.keyfold.workers.ibmcloud;

import io.keyfold.regions.CloudRegions;
import io.keyfold.regions.Network;
import io.keyfold.workers.step.Fault;
import io.keyfold.workers.step.FaultCode;
import io.keyfold.workers.step.FaultException;
import io.keyfold.workers.step.IbmAnswer;
import java.net.URI;
import java.net.URISyntaxException;

/// Where Key Protect is called: it has an address in each region.
public sealed interface KeyProtectUrl {
    /// @throws FaultException if it cannot be called there
    URI in(String region);

    /// An address of one's own, such as a proxy's or the emulator's.
    ///
    /// @param template where `{region}` stands for the region
    record Given(String template) implements KeyProtectUrl {
        /// @throws IllegalArgumentException without the text: there may be a password in it
        public Given {
            parsed(template, "us-south");
        }

        @Override
        public URI in(String region) {
            return parsed(template, region);
        }

        private static URI parsed(String template, String region) {
            try {
                return new URI(template.replace("{region}", region));
            } catch (URISyntaxException _) {
                throw new IllegalArgumentException("the URL of Key Protect is not a URL");
            }
        }

        @Override
        public String toString() {
            return template;
        }
    }

    /// IBM's own, in the regions that we know of.
    record OfIbm(Network network) implements KeyProtectUrl {
        @Override
        public URI in(String region) {
            var host = CloudRegions.ofIbm().keyProtectHost(region, network);
            return URI.create("https://" + host.orElseThrow(() -> new FaultException(unknown(region))));
        }

        private Fault unknown(String region) {
            var why = CloudRegions.ofIbm().isRegion(region)
                    ? "IBM has no " + words() + " endpoint of Key Protect in the region \"" + region + "\""
                    : "no region \"" + region + "\" is known, only "
                            + String.join(", ", CloudRegions.ofIbm().all());
            return new Fault.Permanent(
                    FaultCode.INVALID,
                    IbmAnswer.ofOurs(
                            "Key Protect: call " + region,
                            why + ". If there is a way to it, set key.protect.url for the workers"));
        }

        @Override
        public String toString() {
            return "IBM's " + words() + " endpoints";
        }

        private String words() {
            return switch (network) {
                case PUBLIC -> "public";
                case PRIVATE -> "private";
            };
        }
    }
}
