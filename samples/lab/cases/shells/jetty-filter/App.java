import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import whorl.lab.app.PluginUpload;

/** An application on Jetty 9.4 whose clients can bring code. */
public class App {
  public static void main(String[] args) throws Exception {
    Server server = new Server(Integer.getInteger("lab.port"));
    ServletContextHandler context = new ServletContextHandler();
    context.setContextPath("/");
    context.addServlet(new ServletHolder(new Pages()), "/*");
    server.setHandler(context);
    server.start();
    server.join();
  }

  private static final class Pages extends HttpServlet {
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws java.io.IOException {
      try {
        if (request.getRequestURI().equals("/plugin")) {
          response.getWriter().print(PluginUpload.start(request.getInputStream().readAllBytes()));
        } else {
          response.getWriter().print("hello");
        }
      } catch (Exception e) {
        e.printStackTrace();
      }
    }
  }
}
