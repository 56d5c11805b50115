import io.undertow.Undertow;
import java.net.InetSocketAddress;
import java.net.ServerSocket;

public class UndertowOne {
  public static void main(String[] arguments) throws Exception {
    int port;
    try (ServerSocket free = new ServerSocket()) {
      free.bind(new InetSocketAddress("localhost", 0));
      port = free.getLocalPort();
    }
    Undertow.builder()
        .addHttpListener(port, "localhost")
        .setHandler(exchange -> exchange.getResponseSender().send("hello"))
        .build()
        .start();
    Asked.ask(port);
  }
}
