package io.keyfold.gateway;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/// Takes the shared site down when the last test has run, while the JVM is still whole.
public final class SiteCloser implements LauncherSessionListener {
    @Override
    public void launcherSessionClosed(LauncherSession session) {
        GatewaySite.closeShared();
    }
}
