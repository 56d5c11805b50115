import java.io.File;
import java.io.IOException;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** A server whose application is deployed again by a request of the operator. */
public class App {
  /** The page of the application that is deployed. */
  public static class Page extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.getWriter().println("page");
    }
  }

  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(new File("tomcat").getAbsolutePath());
    tomcat.setPort(Integer.getInteger("lab.port"));
    tomcat.getConnector();
    Context shop = tomcat.addWebapp("/shop", new File("shop").getAbsolutePath());
    Context manager = tomcat.addContext("/manager", new File(".").getAbsolutePath());
    Tomcat.addServlet(
        manager,
        "reload",
        new HttpServlet() {
          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            shop.reload();
            response.getWriter().println("reloaded");
          }
        });
    manager.addServletMappingDecoded("/reload", "reload");
    tomcat.start();
    tomcat.getServer().await();
  }
}
