import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;

public class ReactorOne {
  public static void main(String[] arguments) throws Exception {
    DisposableServer server =
        HttpServer.create()
            .host("localhost")
            .port(0)
            .handle((request, response) -> response.sendString(Mono.just("hello")))
            .bindNow();
    Asked.ask(server.port());
  }
}
