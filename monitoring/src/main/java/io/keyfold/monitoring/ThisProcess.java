package io.keyfold.monitoring;

import java.net.InetAddress;
import java.net.UnknownHostException;

/// By what a process is told from all others.
public final class ThisProcess {
    private ThisProcess() {}

    /// `<host>/<process id>`
    public static String hostAndId() {
        String host;
        try {
            host = InetAddress.getLocalHost().getHostName();
        } catch (UnknownHostException e) {
            host = "localhost";
        }
        return host + "/" + ProcessHandle.current().pid();
    }
}
