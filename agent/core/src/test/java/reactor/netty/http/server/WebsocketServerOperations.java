package reactor.netty.http.server;

/** Stands in for Reactor Netty's class, which is not on the class path here. */
public class WebsocketServerOperations extends HttpServerOperations {
  public WebsocketServerOperations(HttpServerOperations replaced) {
    super(replaced.method());
  }
}
