import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;
import whorl.dist.program.Requested;

/** Undertow with one servlet. */
public class UndertowServlets {
  public static void main(String[] arguments) throws Exception {
    Requested.prepare(arguments[0]);
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(UndertowServlets.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName("servlet")
            .addServlet(
                Servlets.servlet("servlet", Servlet.class)
                    .addMapping("/*")
                    .setAsyncSupported(true));
    DeploymentManager manager = Servlets.defaultContainer().addDeployment(info);
    manager.deploy();
    Undertow undertow =
        Undertow.builder()
            .setServerOption(io.undertow.UndertowOptions.ENABLE_HTTP2, true)
            .addHttpListener(0, "localhost").setHandler(manager.start()).build();
    undertow.start();
    InetSocketAddress address =
        (InetSocketAddress) undertow.getListenerInfo().get(0).getAddress();
    Requested.ask(address.getPort(), "/async", "/dispatch", "/forward", "/http2");
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
