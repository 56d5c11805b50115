import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.servlet.ServletContextHandler;
import org.eclipse.jetty.servlet.ServletHolder;
import whorl.dist.program.Requested;

/** Embedded Jetty with one servlet. */
public class JettyServer {
  public static void main(String[] arguments) throws Exception {
    Requested.prepare(arguments[0]);
    Server server = new Server(0);
    ServletContextHandler context = new ServletContextHandler();
    ServletHolder holder = new ServletHolder(new Servlet());
    holder.setAsyncSupported(true);
    context.addServlet(holder, "/*");
    server.setHandler(context);
    server.start();
    Requested.ask(
        ((ServerConnector) server.getConnectors()[0]).getLocalPort(),
        "/async",
        "/dispatch",
        "/forward");
  }

  public static class Servlet extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException, jakarta.servlet.ServletException {
      String path = request.getRequestURI();
      if (path.equals("/forward")) {
        request.getRequestDispatcher("/forwarded").forward(request, response);
      } else if (path.equals("/async")) {
        AsyncContext async = request.startAsync();
        async.start(
            () -> {
              try {
                response.getWriter().print(Requested.serve(path));
              } catch (IOException e) {
                throw new IllegalStateException(e);
              }
              async.complete();
            });
      } else if (path.equals("/dispatch") && request.getAttribute("again") == null) {
        request.setAttribute("again", true);
        AsyncContext async = request.startAsync();
        new Thread(async::dispatch).start();
      } else {
        response.getWriter().print(Requested.serve(path));
      }
    }
  }
}
