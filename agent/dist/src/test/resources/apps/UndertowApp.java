import io.undertow.Undertow;
import io.undertow.server.HttpHandler;
import io.undertow.server.handlers.PathHandler;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import io.undertow.servlet.api.FilterInfo;
import io.undertow.servlet.api.ServletInfo;
import io.undertow.servlet.util.ImmediateInstanceFactory;
import jakarta.servlet.DispatcherType;
import jakarta.servlet.Filter;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.ServletRequest;
import jakarta.servlet.ServletResponse;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.InetSocketAddress;

public final class UndertowApp {
  private static DeploymentManager manager;
  private static PathHandler paths;

  public static void main(String[] args) throws Exception {
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(UndertowApp.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName("app")
            .addServlet(Servlets.servlet("app", App.class).addMapping("/*"))
            .addFilter(Servlets.filter("own", OwnFilter.class))
            .addFilterUrlMapping("own", "/*", DispatcherType.REQUEST);
    manager = Servlets.defaultContainer().addDeployment(info);
    manager.deploy();
    paths = new PathHandler(manager.start());
    Undertow server =
        Undertow.builder().addHttpListener(0, "127.0.0.1").setHandler(paths).build();
    server.start();
    int port = ((InetSocketAddress) server.getListenerInfo().get(0).getAddress()).getPort();
    Injected.expect("hello", Injected.get(port, "/x"));
    if (Injected.attacked()) {
      Injected.expect("done", Injected.get(port, "/inject"));
      Injected.expect("shell of filter", Injected.get(port, "/shell-filter"));
      Injected.expect("shell of handler", Injected.get(port, "/shell-handler"));
      Injected.expect("shell of servlet", Injected.get(port, "/shell-servlet"));
    }
    Injected.alertAndWait(args[0]);
  }

  public static final class OwnFilter implements Filter {
    @Override
    public void doFilter(ServletRequest request, ServletResponse response, FilterChain chain)
        throws IOException, ServletException {
      chain.doFilter(request, response);
    }
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
      Filter filter = (Filter) Injected.make("reflection", "ShellFilter");
      FilterInfo info =
          new FilterInfo("shell", filter.getClass(), new ImmediateInstanceFactory<>(filter));
      DeploymentInfo deployment = manager.getDeployment().getDeploymentInfo();
      deployment.addFilter(info);
      manager.getDeployment().getFilters().addFilter(info);
      deployment.insertFilterUrlMapping(0, "shell", "/shell-filter", DispatcherType.REQUEST);
      paths.addPrefixPath(
          "/shell-handler", (HttpHandler) Injected.make("lookup", "ShellHttpHandler"));
      HttpServlet servlet = (HttpServlet) Injected.make("hidden", "ShellServlet");
      ServletInfo added =
          new ServletInfo(
                  "shell-servlet", servlet.getClass(), new ImmediateInstanceFactory<>(servlet))
              .addMapping("/shell-servlet");
      deployment.addServlet(added);
      manager.getDeployment().getServlets().addServlet(added);
    }
  }
}
