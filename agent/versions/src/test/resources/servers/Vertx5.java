import io.vertx.core.Vertx;
import io.vertx.core.http.HttpServer;

public class Vertx5 {
  public static void main(String[] arguments) throws Exception {
    HttpServer server =
        Vertx.vertx()
            .createHttpServer()
            .requestHandler(request -> request.response().end("hello"))
            .listen(0, "localhost")
            .toCompletionStage()
            .toCompletableFuture()
            .get();
    Asked.ask(server.actualPort());
  }
}
