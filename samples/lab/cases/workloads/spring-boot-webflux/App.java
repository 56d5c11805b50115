import java.time.Duration;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Mono;

/** A reactive service. */
@Configuration
@EnableAutoConfiguration
public class App {
  @RestController
  public static class Pages {
    private final WebClient client =
        WebClient.create("http://127.0.0.1:" + System.getProperty("lab.port"));

    @GetMapping("/inner")
    public Flux<Integer> inner() {
      return Flux.range(0, 5).delayElements(Duration.ofMillis(1));
    }

    @GetMapping("/work")
    public Mono<String> work() {
      return client.get().uri("/inner").retrieve().bodyToMono(String.class);
    }
  }

  public static void main(String[] args) {
    System.setProperty("server.port", System.getProperty("lab.port"));
    SpringApplication.run(App.class, args);
  }
}
