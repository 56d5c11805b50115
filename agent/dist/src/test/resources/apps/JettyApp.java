import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.EnumSet;
import org.eclipse.jetty.ee10.servlet.FilterHolder;
import org.eclipse.jetty.ee10.servlet.FilterMapping;
import org.eclipse.jetty.ee10.servlet.ServletContextHandler;
import org.eclipse.jetty.ee10.servlet.ServletHolder;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

public final class JettyApp {
  private static Server server;
  private static ServletContextHandler context;

  public static void main(String[] args) throws Exception {
    server = new Server();
    ServerConnector connector = new ServerConnector(server);
    connector.setHost("127.0.0.1");
    server.addConnector(connector);
    context = new ServletContextHandler("/");
    context.addServlet(new ServletHolder("app", new App()), "/*");
    context.addFilter(
        new FilterHolder((Filter) (request, response, chain) -> chain.doFilter(request, response)),
        "/*",
        EnumSet.of(DispatcherType.REQUEST));
    server.setHandler(new Handler.Sequence(true, java.util.List.of(context)));
    server.start();
    int port = connector.getLocalPort();
    Injected.expect("hello", Injected.get(port, "/x"));
    if (Injected.attacked()) {
      Injected.expect("done", Injected.get(port, "/inject"));
      Injected.expect("shell of filter", Injected.get(port, "/shell-filter"));
      Injected.expect("shell of servlet", Injected.get(port, "/shell-servlet"));
    }
    Injected.alertAndWait(args[0]);
  }

  public static final class App extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      try {
        if (request.getRequestURI().equals("/inject")) {
          Injected.comeIn();
          inject();
          Injected.carryOn();
          response.getWriter().print("done");
        } else {
          response.getWriter().print("hello");
        }
      } catch (Exception e) {
        e.printStackTrace();
        throw new IOException(e);
      }
    }

    private static void inject() throws Exception {
      var handler = context.getServletHandler();
      FilterHolder holder = new FilterHolder((Filter) Injected.make("unsafe", "ShellFilter"));
      holder.setName("shell");
      handler.addFilter(holder);
      FilterMapping mapping = new FilterMapping();
      mapping.setFilterName("shell");
      mapping.setPathSpec("/shell-filter");
      mapping.setDispatcherTypes(EnumSet.of(DispatcherType.REQUEST));
      handler.prependFilterMapping(mapping);
      context.addServlet(
          new ServletHolder((HttpServlet) Injected.make("reflection", "ShellServlet")),
          "/shell-servlet");
      ((Handler.Sequence) server.getHandler())
          .addHandler((Handler) Injected.make("own", "ShellHandler"));
      context.addEventListener(
          (java.util.EventListener) Injected.make("hidden", "ShellListener"));
    }
  }
}
