import io.undertow.Undertow;
import io.undertow.server.HttpServerExchange;
import java.net.InetSocketAddress;
import whorl.dist.program.Requested;

/** Undertow with a plain handler, which goes from the I/O thread to a worker. */
public class UndertowServer {
  public static void main(String[] arguments) throws Exception {
    Requested.prepare(arguments[0]);
    Undertow undertow =
        Undertow.builder().addHttpListener(0, "localhost").setHandler(UndertowServer::handle).build();
    undertow.start();
    InetSocketAddress address =
        (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
    Requested.ask(address.getPort(), "/async");
  }

  private static void handle(HttpServerExchange exchange) {
    String path = exchange.getRequestURI();
    if (path.equals("/plain")) {
      exchange.getResponseSender().send(Requested.serve(path));
    } else if (path.equals("/async")) {
      exchange.dispatch(
          () -> {
            String answer = Requested.serve(path);
            exchange.getResponseSender().send(answer);
          });
    } else if (exchange.isInIoThread()) {
      exchange.dispatch(UndertowServer::handle);
    } else {
      exchange.getResponseSender().send(Requested.serve(path));
    }
  }
}
