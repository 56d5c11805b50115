package shop;

import io.micronaut.context.ApplicationContext;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.Post;
import io.micronaut.runtime.server.EmbeddedServer;
import io.micronaut.scheduling.annotation.Scheduled;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;

/** Items by JSON. */
public class App {
  /** The application's own pages. */
  @Controller("/items")
  public static class Items {
    private final List<Map<String, Object>> items =
        new CopyOnWriteArrayList<>(List.of(Map.of("name", "chair", "price", 50)));

    @Get
    public List<Map<String, Object>> all() {
      return items.subList(0, Math.min(items.size(), 20));
    }

    @Get("/{number}")
    public Map<String, Object> one(int number) {
      return items.get(number % items.size());
    }

    @Post
    public Map<String, Object> add(@Body Map<String, Object> item) {
      items.add(item);
      return item;
    }
  }

  /** Counts the seconds. */
  @Singleton
  public static class Clock {
    private final AtomicLong ticks = new AtomicLong();

    @Scheduled(fixedRate = "1s")
    void tick() {
      ticks.incrementAndGet();
    }
  }

  public static void main(String[] args) {
    ApplicationContext.run(
            EmbeddedServer.class,
            Map.of("micronaut.server.port", Integer.getInteger("lab.port")))
        .start();
  }
}
