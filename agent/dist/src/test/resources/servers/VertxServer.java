import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;
import io.vertx.core.http.HttpServerRequest;
import java.util.concurrent.TimeUnit;
import whorl.dist.program.Requested;

/** Vert.x, on whose event loop nothing may block. */
public class VertxServer {
  public static void main(String[] arguments) throws Exception {
    Requested.prepare(arguments[0]);
    Vertx vertx = Vertx.vertx();
    HttpServer server =
        vertx
            .createHttpServer()
            .requestHandler(request -> handle(vertx, request))
            .listen(0, "localhost")
            .toCompletionStage()
            .toCompletableFuture()
            .get(20, TimeUnit.SECONDS);
    Requested.ask(server.actualPort(), "/async", "/http2");
  }

  private static void handle(Vertx vertx, HttpServerRequest request) {
    String path = request.path();
    if (path.equals("/plain")) {
      request.response().end(Requested.serve(path));
    } else if (path.equals("/async")) {
      vertx.setTimer(5, timer -> request.response().end(Requested.serve(path)));
    } else {
      vertx
          .executeBlocking(() -> Requested.serve(path), false)
          .onSuccess(request.response()::end)
          .onFailure(failure -> request.response().setStatusCode(500).end());
    }
  }
}
