import java.util.function.Function;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import whorl.lab.app.PluginUpload;

/** A server of Reactor Netty whose clients can bring code. */
public class App {
  public static DisposableServer server;

  public static void main(String[] args) throws Exception {
    server =
        HttpServer.create()
            .port(Integer.getInteger("lab.port"))
            .route(
                routes ->
                    routes
                        .get("/hello", (request, answer) -> answer.sendString(Mono.just("hello")))
                        .post(
                            "/plugin",
                            (request, answer) ->
                                answer.sendString(
                                    request
                                        .receive()
                                        .aggregate()
                                        .asByteArray()
                                        .map(plugin()))))
            .bindNow();
    server.onDispose().block();
  }

  private static Function<byte[], String> plugin() {
    return body -> {
      try {
        return "" + PluginUpload.start(body);
      } catch (Exception e) {
        throw new IllegalStateException(e);
      }
    };
  }
}
