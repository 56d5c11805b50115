import java.io.File;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** A web application of JSPs with a session, an include and an error page. */
public class App {
  public static void main(String[] args) throws Exception {
    Path web = Path.of("web").toAbsolutePath();
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(new File("tomcat").getAbsolutePath());
    tomcat.setPort(Integer.getInteger("lab.port"));
    tomcat.getConnector();
    Context context = tomcat.addWebapp("", web.toString());
    context.setReloadable(false);
    tomcat.start();
    tomcat.getServer().await();
  }
}
