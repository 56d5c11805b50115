import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.server.handler.AbstractHandler;

public class JettyOne {
  public static void main(String[] arguments) throws Exception {
    Server server = new Server(0);
    server.setHandler(new Hello());
    server.start();
    Asked.ask(((ServerConnector) server.getConnectors()[0]).getLocalPort());
  }

  public static class Hello extends AbstractHandler {
    @Override
    public void handle(
        String target, Request base, HttpServletRequest request, HttpServletResponse response)
        throws IOException {
      base.setHandled(true);
      response.getWriter().print("hello");
    }
  }
}
