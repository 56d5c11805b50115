import java.io.File;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardHost;
import org.apache.catalina.startup.Tomcat;
import org.apache.catalina.valves.AccessLogValve;
import org.springframework.stereotype.Controller;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseBody;

/** Spring MVC as a web application of its own on Tomcat, with an access log. */
public class App {
  /** The bean that the parameters of a request are bound to. */
  public static class Greeting {
    private String name;

    public String getName() {
      return name;
    }

    public void setName(String name) {
      this.name = name;
    }
  }

  /** Greets. */
  @Controller
  public static class Greeter {
    @RequestMapping("/greet")
    @ResponseBody
    public String greet(Greeting greeting) {
      return "hello " + greeting.getName();
    }
  }

  public static void main(String[] args) throws Exception {
    File web = new File("webapps/ROOT").getAbsoluteFile();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(new File(".").getAbsolutePath());
    tomcat.setPort(Integer.getInteger("lab.port"));
    tomcat.getConnector();
    Context context = tomcat.addWebapp("", web.getPath());
    Wrapper spring =
        Tomcat.addServlet(context, "spring", "org.springframework.web.servlet.DispatcherServlet");
    spring.setLoadOnStartup(1);
    context.addServletMappingDecoded("/greet", "spring");
    AccessLogValve log = new AccessLogValve();
    log.setPattern("%h %r %s");
    ((StandardHost) tomcat.getHost()).getPipeline().addValve(log);
    tomcat.start();
    tomcat.getServer().await();
  }
}
