import java.io.File;
import javax.servlet.http.HttpServletRequest;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;
import org.springframework.web.context.support.AnnotationConfigWebApplicationContext;
import org.springframework.web.servlet.DispatcherServlet;
import org.springframework.web.servlet.config.annotation.EnableWebMvc;
import whorl.lab.app.PluginUpload;

/** A Spring MVC application whose clients can bring code. */
public class App {
  @EnableWebMvc
  static class Settings {}

  /** The application's own controller. */
  @Controller
  public static class Pages {
    @RequestMapping("/hello")
    @ResponseBody
    public String hello() {
      return "hello";
    }

    @RequestMapping("/plugin")
    @ResponseBody
    public String plugin(HttpServletRequest request) throws Exception {
      return "" + PluginUpload.start(request.getInputStream().readAllBytes());
    }
  }

  public static void main(String[] args) throws Exception {
    AnnotationConfigWebApplicationContext spring = new AnnotationConfigWebApplicationContext();
    spring.register(Settings.class, Pages.class);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(new File("tomcat").getAbsolutePath());
    tomcat.setPort(Integer.getInteger("lab.port"));
    tomcat.getConnector();
    Context context = tomcat.addContext("", new File(".").getAbsolutePath());
    Wrapper wrapper = Tomcat.addServlet(context, "spring", new DispatcherServlet(spring));
    wrapper.setLoadOnStartup(1);
    context.addServletMappingDecoded("/", "spring");
    tomcat.start();
    tomcat.getServer().await();
  }
}
