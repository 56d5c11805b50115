import io.undertow.Undertow;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import javax.servlet.http.HttpServlet;
import javax.servlet.http.HttpServletRequest;
import javax.servlet.http.HttpServletResponse;
import whorl.lab.app.PluginUpload;

/** An application on Undertow whose clients can bring code. */
public class App {
  public static void main(String[] args) throws Exception {
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(App.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName("app")
            .addServlet(Servlets.servlet("pages", Pages.class).addMapping("/*"));
    DeploymentManager manager = Servlets.defaultContainer().addDeployment(info);
    manager.deploy();
    Undertow.builder()
        .addHttpListener(Integer.getInteger("lab.port"), "127.0.0.1")
        .setHandler(manager.start())
        .build()
        .start();
  }

  /** The application's pages. */
  public static class Pages extends HttpServlet {
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws java.io.IOException {
      try {
        if (request.getRequestURI().equals("/plugin")) {
          response.getWriter().print(PluginUpload.start(request.getInputStream().readAllBytes()));
        } else {
          response.getWriter().print("hello");
        }
      } catch (Exception e) {
        e.printStackTrace();
      }
    }
  }
}
