package io.undertow.server;

import io.undertow.util.HeaderMap;
import java.util.Map;

/** Stands in for Undertow's class, which is not on the class path here. */
public final class HttpServerExchange {
  private final HeaderMap requestHeaders;
  private final HeaderMap responseHeaders;

  public HttpServerExchange(Map<String, String> request, Map<String, String> response) {
    this.requestHeaders = new HeaderMap(request);
    this.responseHeaders = new HeaderMap(response);
  }

  public String getRequestURI() {
    return "/chat";
  }

  public HeaderMap getRequestHeaders() {
    return requestHeaders;
  }

  public HeaderMap getResponseHeaders() {
    return responseHeaders;
  }

  public int getStatusCode() {
    return 101;
  }
}
