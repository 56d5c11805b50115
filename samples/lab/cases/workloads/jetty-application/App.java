import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Path;
import org.eclipse.jetty.ee10.proxy.ProxyServlet;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.ee10.webapp.WebAppContext;
import org.eclipse.jetty.server.Server;

/** A web application with sessions, and a proxy to itself. */
public class App {
  public static void main(String[] args) throws Exception {
    int port = Integer.getInteger("lab.port");
    Server server = new Server(port);
    WebAppContext context = new WebAppContext();
    context.setContextPath("/");
    context.setBaseResourceAsPath(Path.of("web").toAbsolutePath());
    context.addServlet(new ServletHolder(new Pages()), "/pages/*");
    ServletHolder proxy = new ServletHolder(new ProxyServlet.Transparent());
    proxy.setInitParameter("proxyTo", "http://127.0.0.1:" + port + "/pages");
    proxy.setInitParameter("prefix", "/proxy");
    context.addServlet(proxy, "/proxy/*");
    server.setHandler(context);
    server.start();
    server.join();
  }

  private static final class Pages extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      Object count = request.getSession().getAttribute("count");
      int next = count == null ? 1 : (Integer) count + 1;
      request.getSession().setAttribute("count", next);
      response.getWriter().print("hello " + next);
    }
  }
}
