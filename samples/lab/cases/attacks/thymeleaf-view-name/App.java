import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.annotation.Configuration;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RequestParam;

/** Shows pages in the language of the client. */
@Configuration
@EnableAutoConfiguration
public class App {
  @Controller
  public static class Pages {
    @GetMapping("/page")
    public String page(@RequestParam("lang") String lang) {
      return "user/" + lang + "/welcome";
    }
  }

  public static void main(String[] args) {
    System.setProperty("server.port", System.getProperty("lab.port"));
    SpringApplication.run(App.class, args);
  }
}
