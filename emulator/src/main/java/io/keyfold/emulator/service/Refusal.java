package io.keyfold.emulator.service;

import io.keyfold.emulator.http.HttpResponse;

/// A service says no. Nothing has changed.
public final class Refusal extends Exception {

    private static final long serialVersionUID = 1L;

    private final transient HttpResponse response;

    public Refusal(HttpResponse response) {
        super("HTTP " + response.status(), null, false, false);
        this.response = response;
    }

    public HttpResponse response() {
        return response;
    }
}
