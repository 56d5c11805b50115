package whorl.lab.app;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.catalina.Context;
import org.apache.catalina.startup.Tomcat;

/** A small web application on embedded Tomcat 9. */
public final class Web {
  private final Tomcat tomcat = new Tomcat();
  private final Context context;

  /** Answers a request with text. */
  public interface Handler {
    Object answer(HttpServletRequest request) throws Exception;
  }

  private Web() {
    tomcat.setBaseDir(new File("tomcat").getAbsolutePath());
    tomcat.setPort(Integer.getInteger("lab.port"));
    tomcat.getConnector();
    new File("web").mkdirs();
    context = tomcat.addContext("", new File("web").getAbsolutePath());
  }

  public static Web create() {
    return new Web();
  }

  /** Lets this handler answer the path. */
  public Web on(String path, Handler handler) {
    String name = path.isEmpty() ? "default" : path;
    Tomcat.addServlet(context, name, new HandlerServlet(handler)).setLoadOnStartup(1);
    context.addServletMappingDecoded(path, name);
    return this;
  }

  public Context context() {
    return context;
  }

  public void start() throws Exception {
    tomcat.start();
    tomcat.getServer().await();
  }

  /** The whole body as bytes. */
  public static byte[] body(HttpServletRequest request) throws IOException {
    return request.getInputStream().readAllBytes();
  }

  /** The whole body as text. */
  public static String text(HttpServletRequest request) throws IOException {
    return new String(body(request), StandardCharsets.UTF_8);
  }

  private static final class HandlerServlet extends HttpServlet {
    private static final long serialVersionUID = 1;
    private final transient Handler handler;

    HandlerServlet(Handler handler) {
      this.handler = handler;
    }

    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      response.setContentType("text/plain;charset=UTF-8");
      try {
        response.getWriter().println(handler.answer(request));
      } catch (Throwable e) {
        e.printStackTrace();
        response.setStatus(400);
        response.getWriter().println(e);
      }
    }
  }
}
