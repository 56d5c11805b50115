import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.Router;
import io.vertx.ext.web.client.WebClient;
import io.vertx.ext.web.handler.BodyHandler;

/** A service on event loops. */
public class App {
  public static void main(String[] args) {
    int port = Integer.getInteger("lab.port");
    Vertx vertx = Vertx.vertx();
    WebClient client = WebClient.create(vertx);
    vertx.fileSystem().writeFileBlocking("page.txt", JsonObject.of("page", 1).toBuffer());
    Router router = Router.router(vertx);
    router.get("/inner").handler(context -> context.end("5"));
    router
        .get("/work")
        .handler(
            context ->
                client
                    .get(port, "127.0.0.1", "/inner")
                    .send()
                    .compose(
                        answer ->
                            vertx.executeBlocking(
                                () -> Integer.parseInt(answer.bodyAsString()) * 2))
                    .onSuccess(number -> context.end(number.toString()))
                    .onFailure(context::fail));
    router
        .get("/file")
        .handler(
            context ->
                vertx
                    .fileSystem()
                    .readFile("page.txt")
                    .onSuccess(context::end)
                    .onFailure(context::fail));
    router
        .post("/echo")
        .handler(BodyHandler.create())
        .handler(context -> context.json(context.body().asJsonObject()));
    vertx.createHttpServer().requestHandler(router).listen(port);
  }
}
