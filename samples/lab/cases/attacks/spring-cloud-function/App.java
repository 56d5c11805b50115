import java.util.function.Function;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** A function behind HTTP. */
@Configuration
@EnableAutoConfiguration
public class App {
  @Bean
  public Function<String, String> upper() {
    return String::toUpperCase;
  }

  public static void main(String[] args) {
    System.setProperty("server.port", System.getProperty("lab.port"));
    System.setProperty("spring.cloud.function.definition", "functionRouter");
    SpringApplication.run(App.class, args);
  }
}
