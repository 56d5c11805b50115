import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.logging.Level;
import java.util.logging.Logger;
import org.apache.catalina.Context;
import org.apache.catalina.Wrapper;
import org.apache.catalina.startup.Tomcat;
import whorl.dist.program.Requested;

/** Embedded Tomcat with one servlet. */
public class TomcatServer {
  public static void main(String[] arguments) throws Exception {
    Logger.getLogger("").setLevel(Level.OFF);
    Requested.prepare(arguments[0]);
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(arguments[0] + "/tomcat");
    tomcat.setPort(0);
    Context context = tomcat.addContext("", null);
    Wrapper wrapper = Tomcat.addServlet(context, "servlet", new Servlet());
    wrapper.setAsyncSupported(true);
    context.addServletMappingDecoded("/*", "servlet");
    tomcat.getConnector().addUpgradeProtocol(new org.apache.coyote.http2.Http2Protocol());
    tomcat.start();
    Requested.ask(tomcat.getConnector().getLocalPort(), "/async", "/dispatch", "/forward", "/http2");
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
