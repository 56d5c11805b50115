import io.undertow.Handlers;
import io.undertow.Undertow;
import io.undertow.server.handlers.PathHandler;
import io.undertow.server.handlers.resource.PathResourceManager;
import io.undertow.servlet.Servlets;
import io.undertow.servlet.api.DeploymentInfo;
import io.undertow.servlet.api.DeploymentManager;
import jakarta.servlet.MultipartConfigElement;
import jakarta.servlet.http.HttpServlet;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/** Pages, files and uploads. */
public class App {
  public static void main(String[] args) throws Exception {
    Files.createDirectories(Path.of("uploads"));
    DeploymentInfo info =
        Servlets.deployment()
            .setClassLoader(App.class.getClassLoader())
            .setContextPath("/")
            .setDeploymentName("app")
            .addServlet(
                Servlets.servlet("pages", Pages.class)
                    .addMapping("/*")
                    .setMultipartConfig(new MultipartConfigElement("")));
    DeploymentManager manager = Servlets.defaultContainer().addDeployment(info);
    manager.deploy();
    PathHandler paths =
        Handlers.path(manager.start())
            .addPrefixPath(
                "/files", Handlers.resource(new PathResourceManager(Path.of("web"))));
    Undertow.builder()
        .addHttpListener(Integer.getInteger("lab.port"), "127.0.0.1")
        .setHandler(paths)
        .build()
        .start();
  }

  /** The application's pages. */
  public static class Pages extends HttpServlet {
    @Override
    protected void service(HttpServletRequest request, HttpServletResponse response)
        throws java.io.IOException, jakarta.servlet.ServletException {
      if (request.getRequestURI().equals("/upload")) {
        var part = request.getPart("f");
        Path target = Path.of("uploads", part.getSubmittedFileName());
        Files.copy(part.getInputStream(), target, StandardCopyOption.REPLACE_EXISTING);
      }
      response.getWriter().print("hello");
    }
  }
}
