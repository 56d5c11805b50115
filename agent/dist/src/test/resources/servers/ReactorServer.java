import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;
import reactor.netty.DisposableServer;
import reactor.netty.http.HttpProtocol;
import reactor.netty.http.server.HttpServer;
import reactor.netty.http.server.HttpServerRequest;
import reactor.netty.http.server.HttpServerResponse;
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
            .handle(ReactorServer::handle)
            .bindNow();
    Requested.ask(server.port(), "/async", "/http2", "/socket");
  }

  private static Publisher<Void> handle(HttpServerRequest request, HttpServerResponse response) {
    if (request.path().equals("socket")) {
      String answer = Requested.serve("/socket");
      return response.sendWebsocket((in, out) -> out.sendString(Mono.just(answer)));
    }
    return response.sendString(answer(request));
  }

  private static Mono<String> answer(HttpServerRequest request) {
    String path = "/" + request.path();
    Mono<String> answer = Mono.fromCallable(() -> Requested.serve(path));
    return path.equals("/plain") ? answer : answer.subscribeOn(Schedulers.boundedElastic());
  }
}
