package io.keyfold.acceptance;

import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.LauncherSessionListener;

/// Takes all sites down when the last test has run, while the JVM is still whole.
public final class SiteCloser implements LauncherSessionListener {
    @Override
    public void launcherSessionClosed(LauncherSession session) {
        Site.closeAll();
    }
}
