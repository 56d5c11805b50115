import static org.springframework.web.reactive.function.server.RouterFunctions.route;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Map;
import org.h2.jdbcx.JdbcConnectionPool;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.SpringBootConfiguration;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.web.embedded.netty.NettyReactiveWebServerFactory;
import org.springframework.context.annotation.Bean;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Schedulers;

/**
 * Spring WebFlux on Netty: each answer takes a row of an embedded database on another thread, a
 * small file and a log line.
 */
@SpringBootConfiguration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class WebFluxService {
  private static final Logger LOG = LoggerFactory.getLogger(WebFluxService.class);

  private final JdbcConnectionPool database =
      JdbcConnectionPool.create("jdbc:h2:mem:items;DB_CLOSE_DELAY=-1", "sa", "");
  private final Path file = Files.createTempFile("price", ".txt");

  public WebFluxService() throws IOException, SQLException {
    Files.writeString(file, "100");
    try (Connection connection = database.getConnection();
        Statement statement = connection.createStatement()) {
      statement.execute("create table item (id int primary key, name varchar(40))");
      for (int i = 0; i < 100; i++) {
        statement.execute("insert into item values (" + i + ", 'item " + i + "')");
      }
    }
  }

  public static void main(String[] arguments) {
    SpringApplication application = new SpringApplication(WebFluxService.class);
    application.setDefaultProperties(Map.of("server.port", System.getenv("PORT")));
    application.run(arguments);
  }

  /** By itself Spring would take another server that is on the class path. */
  @Bean
  NettyReactiveWebServerFactory server() {
    return new NettyReactiveWebServerFactory();
  }

  @Bean
  RouterFunction<ServerResponse> routes() {
    return route().GET("/item/{id}", this::item).build();
  }

  private Mono<ServerResponse> item(ServerRequest request) {
    int id = Integer.parseInt(request.pathVariable("id"));
    return Mono.fromCallable(() -> found(id))
        .subscribeOn(Schedulers.boundedElastic())
        .flatMap(found -> ServerResponse.ok().bodyValue(found));
  }

  private Map<String, Object> found(int id) throws SQLException, IOException {
    try (Connection connection = database.getConnection();
        PreparedStatement statement =
            connection.prepareStatement("select name from item where id = ?")) {
      statement.setInt(1, id);
      try (ResultSet row = statement.executeQuery()) {
        row.next();
        String name = row.getString(1);
        String price = Files.readString(file);
        LOG.info("{} costs {}", name, price);
        return Map.of("id", id, "name", name, "price", price);
      }
    }
  }
}
