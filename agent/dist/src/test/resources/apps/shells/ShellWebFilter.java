import java.nio.charset.StandardCharsets;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

public class ShellWebFilter implements WebFilter {
  @Override
  public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
    if (!exchange.getRequest().getURI().getPath().equals("/shell-web-filter")) {
      return chain.filter(exchange);
    }
    var response = exchange.getResponse();
    byte[] text = "shell of web filter".getBytes(StandardCharsets.UTF_8);
    return response.writeWith(Mono.just(response.bufferFactory().wrap(text)));
  }
}
