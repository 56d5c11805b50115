import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import whorl.lab.app.PluginUpload;

/** A service on the JDK's own server whose clients can bring code. */
public class App {
  public static HttpServer server;

  public static void main(String[] args) throws Exception {
    server = HttpServer.create(new InetSocketAddress(Integer.getInteger("lab.port")), 0);
    server.setExecutor(Executors.newFixedThreadPool(4));
    server.createContext("/hello", exchange -> answer(exchange, "hello"));
    server.createContext(
        "/plugin",
        exchange -> {
          try {
            answer(exchange, "" + PluginUpload.start(exchange.getRequestBody().readAllBytes()));
          } catch (Exception e) {
            e.printStackTrace();
            answer(exchange, "" + e);
          }
        });
    server.start();
  }

  private static void answer(HttpExchange exchange, String text) throws IOException {
    exchange.sendResponseHeaders(200, text.length());
    exchange.getResponseBody().write(text.getBytes());
    exchange.close();
  }
}
