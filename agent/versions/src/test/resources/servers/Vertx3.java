import io.vertx.core.Vertx;

public class Vertx3 {
  public static void main(String[] arguments) {
    Vertx.vertx()
        .createHttpServer()
        .requestHandler(request -> request.response().end("hello"))
        .listen(
            0,
            "localhost",
            started -> {
              int port = started.result().actualPort();
              new Thread(
                      () -> {
                        try {
                          Asked.ask(port);
                        } catch (Exception e) {
                          e.printStackTrace();
                          System.exit(3);
                        }
                      })
                  .start();
            });
  }
}
