package reactor.netty.http.server;

/** Stands in for Reactor Netty's class, which is not on the class path here. */
public final class Http2WebsocketServerOperations extends WebsocketServerOperations {
  public Http2WebsocketServerOperations(HttpServerOperations replaced) {
    super(replaced);
  }
}
