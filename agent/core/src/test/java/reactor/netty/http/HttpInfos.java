package reactor.netty.http;

import io.netty.handler.codec.http.HttpMethod;

/** Stands in for Reactor Netty's interface, which is not on the class path here. */
public interface HttpInfos {
  HttpMethod method();

  String uri();
}
