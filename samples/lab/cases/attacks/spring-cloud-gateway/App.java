import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;

/** A gateway whose actuator is open. */
@Configuration
@EnableAutoConfiguration
public class App {
  public static void main(String[] args) {
    System.setProperty("server.port", System.getProperty("lab.port"));
    System.setProperty("management.endpoints.web.exposure.include", "gateway");
    SpringApplication.run(App.class, args);
  }
}
