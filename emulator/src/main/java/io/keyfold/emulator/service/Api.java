package io.keyfold.emulator.service;

import io.keyfold.emulator.http.HttpResponse;
import java.util.List;

/// One of IBM's services: its operations, and how it words what it refuses.
public interface Api {

    List<Route> routes();

    /// The service's usual body for that status, for faults and for refusals that all services share.
    HttpResponse error(int status, String message);

    /// The answer to a call without a valid token.
    HttpResponse unauthorized();

    /// The answer to a caller whose roles do not suffice.
    HttpResponse forbidden();

    /// The answer to a create beyond the account's limit.
    HttpResponse quotaExceeded();

    /// Headers that the service puts on every answer to the call.
    HttpResponse dress(Call call, HttpResponse response);
}
