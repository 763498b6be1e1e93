package io.keyfold.emulator.service;

/// What a call was about, noted by its handler for the log of effects.
public final class Touched {

    private String instance = "";
    private String resource = "";

    public void instance(String guid) {
        this.instance = guid;
    }

    public void resource(String id) {
        this.resource = id;
    }

    public String instance() {
        return instance;
    }

    public String resource() {
        return resource;
    }
}
