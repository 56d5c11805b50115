import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import java.io.IOException;

public class ShellJdk implements HttpHandler {
  @Override
  public void handle(HttpExchange exchange) throws IOException {
    byte[] text = "shell of jdk".getBytes();
    exchange.sendResponseHeaders(200, text.length);
    try (var out = exchange.getResponseBody()) {
      out.write(text);
    }
  }
}
