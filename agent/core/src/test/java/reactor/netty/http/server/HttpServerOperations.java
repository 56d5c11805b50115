package reactor.netty.http.server;

import io.netty.handler.codec.http.HttpMethod;
import reactor.netty.http.HttpInfos;

/** Stands in for Reactor Netty's class, which is not on the class path here. */
public class HttpServerOperations implements HttpInfos {
  private final HttpMethod method;

  public HttpServerOperations(HttpMethod method) {
    this.method = method;
  }

  @Override
  public HttpMethod method() {
    return method;
  }

  @Override
  public String uri() {
    return "/chat?room=1";
  }
}
