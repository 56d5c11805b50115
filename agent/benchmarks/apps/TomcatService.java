import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** A servlet on a plain Tomcat that answers with a few bytes of JSON. */
public final class TomcatService extends HttpServlet {
  private static final long serialVersionUID = 1;

  public static void main(String[] arguments) throws Exception {
    Path base = Files.createTempDirectory("tomcat");
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(base.toString());
    tomcat.setPort(Integer.parseInt(System.getenv("PORT")));
    tomcat.getConnector().setProperty("maxKeepAliveRequests", "-1");
    Context context = tomcat.addContext("", base.toString());
    Tomcat.addServlet(context, "items", new TomcatService());
    context.addServletMappingDecoded("/item", "items");
    tomcat.start();
    tomcat.getServer().await();
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws IOException {
    String id = request.getParameter("id");
    byte[] json =
        ("{\"id\":" + Integer.parseInt(id) + ",\"name\":\"item " + id + "\",\"price\":100}")
            .getBytes(StandardCharsets.UTF_8);
    response.setContentType("application/json");
    response.setContentLength(json.length);
    response.getOutputStream().write(json);
  }
}
