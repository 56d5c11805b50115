import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.Executors;
import whorl.dist.program.Requested;

/** The JDK's own server. */
public class JdkServer {
  public static void main(String[] arguments) throws Exception {
    Requested.prepare(arguments[0]);
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", JdkServer::handle);
    server.setExecutor(Executors.newFixedThreadPool(2));
    server.start();
    Requested.ask(server.getAddress().getPort(), "/async");
  }

  private static void handle(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    if (path.equals("/async")) {
      new Thread(() -> answer(exchange, path)).start();
    } else {
      answer(exchange, path);
    }
  }

  private static void answer(HttpExchange exchange, String path) {
    byte[] answer = Requested.serve(path).getBytes();
    try {
      exchange.sendResponseHeaders(200, answer.length);
      exchange.getResponseBody().write(answer);
      exchange.close();
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }
}
