import io.undertow.server.HttpHandler;
import io.undertow.server.HttpServerExchange;

public class ShellHttpHandler implements HttpHandler {
  @Override
  public void handleRequest(HttpServerExchange exchange) {
    exchange.getResponseSender().send("shell of handler");
  }
}
