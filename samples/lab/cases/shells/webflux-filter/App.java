import org.springframework.context.annotation.AnnotationConfigApplicationContext;
import org.springframework.http.server.reactive.HttpHandler;
import org.springframework.http.server.reactive.ReactorHttpHandlerAdapter;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.config.EnableWebFlux;
import org.springframework.web.server.adapter.WebHttpHandlerBuilder;
import reactor.core.publisher.Mono;
import reactor.netty.DisposableServer;
import reactor.netty.http.server.HttpServer;
import whorl.lab.app.PluginUpload;

/** A WebFlux application whose clients can bring code. */
public class App {
  public static HttpHandler handler;

  @EnableWebFlux
  static class Settings {}

  /** The application's own pages. */
  @RestController
  public static class Pages {
    @RequestMapping("/hello")
    public Mono<String> hello() {
      return Mono.just("hello");
    }

    @RequestMapping("/plugin")
    public Mono<String> plugin(@RequestBody byte[] body) throws Exception {
      return Mono.just("" + PluginUpload.start(body));
    }
  }

  public static void main(String[] args) throws Exception {
    AnnotationConfigApplicationContext spring =
        new AnnotationConfigApplicationContext(Settings.class, Pages.class);
    handler = WebHttpHandlerBuilder.applicationContext(spring).build();
    DisposableServer server =
        HttpServer.create()
            .port(Integer.getInteger("lab.port"))
            .handle(new ReactorHttpHandlerAdapter(handler))
            .bindNow();
    server.onDispose().block();
  }
}
