import com.sun.net.httpserver.Filter;
import com.sun.net.httpserver.HttpContext;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpHandler;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;

public final class JdkApp {
  private static HttpServer server;
  private static HttpContext context;

  public static void main(String[] args) throws Exception {
    server = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    context = server.createContext("/", JdkApp::serve);
    server.start();
    int port = server.getAddress().getPort();
    Injected.expect("hello", Injected.get(port, "/x"));
    if (Injected.attacked()) {
      Injected.expect("done", Injected.get(port, "/inject"));
      Injected.expect("shell of jdk", Injected.get(port, "/shell-context"));
    }
    Injected.alertAndWait(args[0]);
  }

  private static void serve(HttpExchange exchange) throws IOException {
    String text = "hello";
    if (exchange.getRequestURI().getPath().equals("/inject")) {
      try {
        Injected.comeIn();
        server.createContext("/shell-context", (HttpHandler) Injected.make("hidden", "ShellJdk"));
        context.getFilters().add((Filter) Injected.make("own", "ShellJdkFilter"));
        Injected.carryOn();
        text = "done";
      } catch (Exception e) {
        e.printStackTrace();
      }
    }
    exchange.sendResponseHeaders(200, text.length());
    try (var out = exchange.getResponseBody()) {
      out.write(text.getBytes());
    }
  }
}
