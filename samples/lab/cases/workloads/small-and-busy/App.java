import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.Statement;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import net.bytebuddy.ByteBuddy;
import net.bytebuddy.dynamic.loading.ClassLoadingStrategy;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** An ordinary application in too small a JVM. */
public class App {
  private static final Logger LOG = Logger.getLogger("shop");
  private static final ExecutorService POOL = Executors.newFixedThreadPool(4);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** The page of the application that is deployed again. */
  public static class Page extends HttpServlet {
    @Override
    protected void doGet(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      request.getSession().setAttribute("seen", System.currentTimeMillis());
      response.getWriter().println("page");
    }
  }

  /** What a page of the application that stays does. */
  interface Work {
    Object run(HttpServletRequest request) throws Exception;
  }

  public static void main(String[] args) throws Exception {
    Connection base = DriverManager.getConnection("jdbc:h2:mem:shop;DB_CLOSE_DELAY=-1");
    try (Statement sql = base.createStatement()) {
      sql.execute("create table orders (id identity primary key, at timestamp, item varchar(40))");
    }
    Tomcat tomcat = new Tomcat();
    tomcat.setBaseDir(new File("tomcat").getAbsolutePath());
    tomcat.setPort(Integer.getInteger("lab.port"));
    tomcat.getConnector();
    Context shop = tomcat.addWebapp("/shop", new File("shop").getAbsolutePath());
    Context app = tomcat.addContext("/app", new File(".").getAbsolutePath());
    page(app, "json", request -> JSON.writeValueAsString(Map.of("name", name(request))));
    page(app, "orders", request -> POOL.submit(() -> order(base)).get());
    page(app, "file", request -> file());
    page(app, "classes", request -> makeClass());
    page(app, "memory", request -> new byte[8 << 20].length);
    tomcat.start();
    ScheduledExecutorService scheduler = Executors.newScheduledThreadPool(2);
    scheduler.scheduleWithFixedDelay(shop::reload, 20, 20, TimeUnit.SECONDS);
    scheduler.scheduleAtFixedRate(App::makeClass, 1, 1, TimeUnit.SECONDS);
    scheduler.scheduleAtFixedRate(() -> LOG.info("all is well"), 5, 5, TimeUnit.SECONDS);
    tomcat.getServer().await();
  }

  private static String name(HttpServletRequest request) {
    return String.valueOf(request.getParameter("name"));
  }

  private static int order(Connection base) throws Exception {
    synchronized (base) {
      try (Statement sql = base.createStatement()) {
        sql.execute("insert into orders (at, item) values (current_timestamp, 'lamp')");
        sql.execute("delete from orders where id < (select max(id) - 500 from orders)");
        try (ResultSet rows = sql.executeQuery("select count(*) from orders")) {
          rows.next();
          return rows.getInt(1);
        }
      }
    }
  }

  private static int file() throws IOException {
    Path file = Files.createTempFile(Path.of("."), "note", ".txt");
    Files.writeString(file, "a note");
    int length = Files.readString(file).length();
    Files.delete(file);
    return length;
  }

  private static Object makeClass() {
    return new ByteBuddy()
        .subclass(Object.class)
        .make()
        .load(App.class.getClassLoader(), ClassLoadingStrategy.Default.WRAPPER)
        .getLoaded()
        .getName();
  }

  private static void page(Context context, String name, Work work) {
    Tomcat.addServlet(
        context,
        name,
        new HttpServlet() {
          @Override
          protected void doGet(HttpServletRequest request, HttpServletResponse response)
              throws IOException {
            try {
              response.getWriter().println(work.run(request));
            } catch (Exception e) {
              throw new IOException(e);
            }
          }
        });
    context.addServletMappingDecoded("/" + name, name);
  }
}
