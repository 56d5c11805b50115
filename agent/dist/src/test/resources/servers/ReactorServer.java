import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import whorl.dist.program.Requested;

/** Reactor Netty, on whose event loop nothing may block. */
public class ReactorServer {
  public static void main(String[] arguments) throws Exception {
    Requested.prepare(arguments[0]);
    DisposableServer server =
        HttpServer.create()
            .host("localhost")
            .port(0)
            .protocol(HttpProtocol.H2C, HttpProtocol.HTTP11)
            .handle((request, response) -> response.sendString(answer(request)))
            .bindNow();
    Requested.ask(server.port(), "/async", "/http2");
  }

  private static Mono<String> answer(HttpServerRequest request) {
    String path = "/" + request.path();
    Mono<String> answer = Mono.fromCallable(() -> Requested.serve(path));
    return path.equals("/plain") ? answer : answer.subscribeOn(Schedulers.boundedElastic());
  }
}
