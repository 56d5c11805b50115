import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;

public class Jetty12One {
  public static void main(String[] arguments) throws Exception {
    Server server = new Server(0);
    server.setHandler(new Hello());
    server.start();
    Asked.ask(((ServerConnector) server.getConnectors()[0]).getLocalPort());
  }

  public static class Hello extends Handler.Abstract {
    @Override
    public boolean handle(Request request, Response response, Callback callback) {
      Content.Sink.write(response, true, "hello", callback);
      return true;
    }
  }
}
